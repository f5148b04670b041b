import type { Change } from '../domain/change.ts';
import type { Difference } from '../domain/diff.ts';
import { diff } from '../domain/diff.ts';
import type { ChangeId, OpenId, ViewId } from '../domain/ids.ts';
import type { Rule } from '../domain/skill.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { changeIdNote, intentTitle } from './change/parts.ts';
import { type Names, namesOf, personItem, ruleInWords } from './describe.ts';
import {
  type Block,
  button,
  type CardJson,
  card,
  divider,
  type Element,
  footnote,
  Graded,
  paragraph,
  people,
  row,
  sentence,
} from './kit.ts';
import { listed as inLine } from './listed.ts';
import { asMarkdown, joined, type Markdown, md, moment, plain, shortened, shortenedSentence } from './text.ts';

export const CHANGES_PER_PAGE = 5;

export interface HistoryPage {
  viewId: ViewId;
  changes: readonly Change[];
  /** Those of them that were taken back, with the change that did it. */
  undone: ReadonlyMap<ChangeId, ChangeId>;
  page: number;
  more: boolean;
  /** The name of the skill it is about; absent for all. */
  about: string | undefined;
}

/** What was changed, by whom and when; newest first. */
export function historyCard({ viewId, changes, undone, page, more, about }: HistoryPage): CardJson {
  const title =
    about === undefined
      ? phrase('修改历史', 'History of changes')
      : phrase(plain`修改历史：${shortened(about, 60)}`, plain`History: ${shortened(about, 60)}`);
  return card({ title, template: 'blue' }, [
    ...(changes.length === 0 ? [sentence(phrase('没有记录。', 'There is nothing here.'))] : []),
    ...changes.flatMap((change) => entry(change, undone.get(change.id))),
    ...turning(viewId, { page, more, isEmpty: changes.length === 0 }),
  ]);
}

const RESULTS: Readonly<Record<'applied' | 'failed' | 'mismatch', Phrase>> = {
  applied: phrase('✅ 已完成', '✅ Done'),
  failed: phrase('❌ 未完成', '❌ Failed'),
  mismatch: phrase('⚠️ 结果不一致', '⚠️ Not as expected'),
};

const UNKNOWN = phrase('❔ 结果未知', '❔ Not known');
const UNDONE = phrase('↩️ 已撤销', '↩️ Undone');

function entry(change: Change, undoneBy: ChangeId | undefined): Block[] {
  const { status } = change;
  const ended = status === 'applied' || status === 'failed' || status === 'mismatch' ? RESULTS[status] : phrase('', '');
  const known = change.outcome?.unknown ? UNKNOWN : ended;
  const result = undoneBy === undefined ? known : UNDONE;
  const title = intentTitle(change.intent);
  const name = shortened(change.skillName, 60);
  const at = moment(change.settledAt ?? change.createdAt);
  const undoable = undoneBy === undefined && (status === 'applied' || status === 'mismatch');
  const logId = change.outcome?.logId ?? change.outcome?.failure?.logId;
  return [
    paragraph(md`${result.zh}　**${title.zh}**　${name}<br>${at}`, md`${result.en}　**${title.en}**　${name}<br>${at}`),
    // Not in the text: there an id of somebody who has left the company would be an error. The client leaves out their chip.
    ...people([change.actorId]),
    footnote(phrase(`操作人 ${change.actorId}`, `By ${change.actorId}`)),
    new Graded(SIZES.map((size) => summary(change, size))),
    changeIdNote(change),
    ...(undoneBy === undefined ? [] : [footnote(phrase(`由变更 ${undoneBy} 撤销`, `Undone by change ${undoneBy}`))]),
    ...(logId ? [footnote(phrase(`日志 ${logId}`, `Log ${logId}`))] : []),
    ...(undoable ? [row([button(phrase('撤销', 'Undo'), { action: 'change.undo', id: change.id }, 'text')])] : []),
    divider,
  ];
}

/** How many items of a list are named and with how many characters, from the fullest down. */
interface Size {
  most: number;
  length: number;
}

const SIZES: readonly Size[] = [
  { most: 5, length: 60 },
  { most: 3, length: 30 },
  { most: 1, length: 20 },
];

/** Before and after in a few words; all of it is in `/skill history <change>`. */
function summary(change: Change, size: Size): Element[] {
  const names = namesOf(change.people);
  if (change.base && change.target) {
    const parts = diff(change.base, change.target).flatMap((difference) => inShort(difference, names, size));
    return parts.map(({ zh, en }) => paragraph(zh, en));
  }
  const content = change.target ?? change.base;
  if (!content) return [];
  return [
    paragraph(
      md`客服 ${content.agentIds.length} 人，条件 ${content.rules.length} 个`,
      md`${counted(content.agentIds.length, 'agent')}, ${counted(content.rules.length, 'rule')}`,
    ),
  ];
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

interface Short {
  zh: Markdown;
  en: Markdown;
}

function inShort(difference: Difference, names: Names, size: Size): Short[] {
  const nameOf = (id: OpenId): Phrase => {
    const item = [personItem(id, names)];
    return phrase(inLine(item, 'zh'), inLine(item, 'en'));
  };
  switch (difference.field) {
    case 'name': {
      const [before, after] = [shortened(difference.before, size.length), shortened(difference.after, size.length)];
      return [{ zh: md`名称　${before} → ${after}`, en: md`Name　${before} → ${after}` }];
    }
    case 'agentIds':
      return [
        ...listed(phrase('＋ 客服', '+ Agents'), difference.added, { wordsOf: nameOf, ...size }),
        ...listed(phrase('－ 客服', '− Agents'), difference.removed, { wordsOf: nameOf, ...size }),
      ];
    case 'rules': {
      const wordsOf = (rule: Rule): Phrase => ruleInWords(rule, names);
      return [
        ...listed(phrase('－ 条件', '− Rules'), difference.removed, { wordsOf, ...size }),
        ...listed(phrase('＋ 条件', '+ Rules'), difference.added, { wordsOf, ...size }),
      ];
    }
  }
}

function listed<T>(
  label: Phrase,
  items: readonly T[],
  { wordsOf, most, length }: Size & { wordsOf: (item: T) => Phrase },
): Short[] {
  if (items.length === 0) return [];
  const words = items.slice(0, most).map(wordsOf);
  const more = items.length > most ? md` +${items.length - most}` : md``;
  const list = (language: keyof Phrase, separator: string): Markdown =>
    joined(
      words.map((text) => asMarkdown(shortenedSentence(text[language], length))),
      separator,
    );
  return [{ zh: md`${label.zh}　${list('zh', '；')}${more}`, en: md`${label.en}　${list('en', '; ')}${more}` }];
}

function turning(
  viewId: ViewId,
  { page, more, isEmpty }: { page: number; more: boolean; isEmpty: boolean },
): Element[] {
  const go = (to: number) => ({ action: 'page.go', id: viewId, page: to });
  // Beyond the end the page before may be empty, too.
  if (isEmpty && page > 1) return [row([button(phrase('最新的', 'Newest'), go(1))])];
  const buttons = [
    ...(page > 1 ? [button(phrase('较新的', 'Newer'), go(page - 1))] : []),
    ...(more ? [button(phrase('较早的', 'Older'), go(page + 1))] : []),
  ];
  return buttons.length > 0 ? [row(buttons)] : [];
}
