import type { Change } from '../../domain/change.ts';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import { differences, namesOf } from '../describe.ts';
import { causeElements } from '../failure.ts';
import { type Block, button, type CardJson, card, divider, type Element, paragraph, row, sentence } from '../kit.ts';
import { md } from '../text.ts';
import { askedBy, changeIdNote, effect, skillLine, titled } from './parts.ts';

/** Whether it was done is not known, and perhaps never will be. */
export function unknownCard(change: Change): CardJson {
  const { status, outcome } = change;
  const failure = outcome?.unknown?.failure;
  const before = phrase('结果未知：', status === 'applying' ? 'Not known yet: ' : 'Not known: ');
  return card({ title: titled(before, change), template: 'orange' }, [
    skillLine(change),
    ...effect(change),
    divider,
    paragraph(
      md`⚠️ 飞书没有明确回应，这次修改**可能已经生效，也可能没有**。`,
      md`⚠️ Feishu gave no clear answer: this **may have been done, or not**.`,
    ),
    ...(failure ? causeElements(failure) : []),
    ...(status === 'mismatch' ? afterwards(change) : [sentence(WHAT_FOLLOWS[stageOf(change)])]),
    askedBy(change),
    ...(canBeRetried(change) ? [retryRow(change)] : []),
    changeIdNote(change),
  ]);
}

type Stage = 'looking' | 'not-made' | 'not-seen' | 'retried' | 'given-up';

function stageOf({ status, intent, outcome }: Change): Stage {
  if (status === 'failed') return 'given-up';
  if (outcome?.unknown?.retriedBy !== undefined) return 'retried';
  if (outcome?.unknown?.offersRetry !== true) return 'looking';
  return intent.kind === 'create' ? 'not-made' : 'not-seen';
}

const WHAT_FOLLOWS: Readonly<Record<Stage, Phrase>> = {
  looking: phrase(
    '机器人正在反复读取核对，一有结果就更新此卡片；两分钟内，同一技能的其他修改会等待。',
    'The bot keeps reading to find out, and this card shows the result as soon as it is known. For two minutes, other changes of the same skill wait.',
  ),
  'not-made': phrase(
    '两分钟内没有看到新技能。机器人会继续核对，但不会自行再次创建，以免重复。',
    'The new skill has not shown up within two minutes. The bot keeps looking, but does not create it again by itself: there could be two.',
  ),
  'not-seen': phrase(
    '两分钟内没有看到它生效。机器人会继续核对，一有结果就更新此卡片。',
    'No effect of it was seen within two minutes. The bot keeps looking, and this card shows the result as soon as it is known.',
  ),
  retried: phrase(
    '操作人已在新的预览里重试；这次修改仍有可能生效，机器人会继续核对。',
    'The one who asked tries again in a fresh preview. This may still take effect, and the bot keeps looking.',
  ),
  'given-up': phrase(
    '一天之内都没有看到它生效，机器人不再核对。请在控制台确认现状。',
    'No effect of it was seen within a day, and the bot no longer looks for it. Please check in the console.',
  ),
};

function afterwards(change: Change): Block[] {
  return change.outcome?.gone === true ? DELETED_SINCE : overwritten(change);
}

const DELETED_SINCE: Block[] = [
  paragraph(
    md`后来这个技能被删除了，因此**无法再查明**。`,
    md`The skill was deleted since, so it **cannot be found out any more**.`,
  ),
];

function overwritten({ outcome, people }: Change): Block[] {
  const found = differences(outcome?.differences ?? [], namesOf(people));
  return [
    paragraph(
      md`后来这个技能又有改动，因此**无法再查明**。`,
      md`The skill was changed again since, so it **cannot be found out any more**.`,
    ),
    ...(found.length === 0
      ? [sentence(phrase('现在它与预期一致。', 'It is as expected now.'))]
      : [sentence(phrase('现在与预期的差别：', 'How it differs now from what was expected:')), ...found]),
  ];
}

/** Whether the card of a change that is not known offers it once more. */
const canBeRetried = ({ outcome }: Change): boolean =>
  outcome?.unknown?.offersRetry === true && outcome.unknown.retriedBy === undefined;

/** The same once more, as a fresh preview. */
export const retryRow = ({ id }: Change): Element =>
  row([button(phrase('重试', 'Try again'), { action: 'change.retry', id })]);
