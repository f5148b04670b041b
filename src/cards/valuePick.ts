import type { ViewId } from '../domain/ids.ts';
import type { KnownValue, ValueSource } from '../domain/operand.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { button, type CardJson, card, footnote, paragraph } from './kit.ts';
import { md, plain, shortened, shortVisible, shownName } from './text.ts';

/** A name that several values of the desk go by. */
export interface ValueChoice {
  text: string;
  /** The condition in which it was used. */
  condition: Phrase;
  candidates: readonly KnownValue[];
}

const MAX_CANDIDATES = 20;
const MAX_NAME = 30;
const MAX_ID = 60;

/** Several values go by a name: one has to be picked. The buttons say which one by its id. */
export function valuePickCard(viewId: ViewId, { text, condition, candidates }: ValueChoice): CardJson {
  const shown = candidates.slice(0, MAX_CANDIDATES);
  const short = shortened(text, 40);
  return card({ title: phrase('是哪一个？', 'Which one?'), template: 'orange' }, [
    paragraph(
      md`**${condition.zh}**：有 ${candidates.length} 个都叫“${short}”，名称相同但 ID 不同，请选择：`,
      md`**${condition.en}**: ${candidates.length} go by “${short}”, with the same name but different ids. Please pick one:`,
    ),
    ...shown.flatMap(({ id, name, from }, at) => {
      const label = `${shortVisible(name, MAX_NAME)}　${shortVisible(id, MAX_ID)}`;
      const source = sourceWords(from);
      return [
        button(phrase(label, label), { action: 'value.pick', id: viewId, at }),
        footnote(phrase(`见于：${source.zh}`, `Seen in ${source.en}`)),
      ];
    }),
    footnote(
      phrase(
        '不确定时，请在飞书管理后台或服务台控制台核对 ID；也可以直接用 ID 代替名称。',
        'If unsure, compare the ids in the Feishu admin or helpdesk console. An id can be written instead of the name, too.',
      ),
    ),
  ]);
}

const sourceWords = (from: ValueSource): Phrase =>
  from.kind === 'offer'
    ? phrase('服务台提供的条件', 'the conditions that the helpdesk offers')
    : phrase(
        plain`技能“${shownName(from.skill.name)}”的条件（${from.skill.id}）`,
        plain`a rule of the skill “${shownName(from.skill.name)}” (${from.skill.id})`,
      );
