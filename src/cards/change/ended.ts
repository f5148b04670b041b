import type { Change } from '../../domain/change.ts';
import type { ChangeId } from '../../domain/ids.ts';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import { differences, namesOf } from '../describe.ts';
import { failureElements } from '../failure.ts';
import {
  type Block,
  button,
  type CardJson,
  card,
  divider,
  type Element,
  footnote,
  paragraph,
  rowAtTheEnd,
  sentence,
} from '../kit.ts';
import { md } from '../text.ts';
import { askedBy, changeIdNote, effect, skillLine, titled } from './parts.ts';
import { previewBody } from './preview.ts';
import { retryRow } from './unknown.ts';

/** Not where Confirm was: whoever presses that twice would press this. */
const undoButton = (change: Change, undoneBy: ChangeId | undefined): Element =>
  undoneBy === undefined
    ? rowAtTheEnd([button(phrase('撤销', 'Undo'), { action: 'change.undo', id: change.id })])
    : paragraph(md`↩️ 已由变更 ${undoneBy} 撤销。`, md`↩️ Undone by change ${undoneBy}.`);

const logNote = (change: Change): Element[] =>
  change.outcome?.logId
    ? [footnote(phrase(`日志 ID：${change.outcome.logId}`, `Log id: ${change.outcome.logId}`))]
    : [];

const WRITING = {
  before: phrase('正在写入：', 'Writing: '),
  text: phrase(
    '正在写入飞书，完成后此卡片会自动更新。',
    'Being written to Feishu; this card shows the result as soon as it is known.',
  ),
};

const WAITING = {
  before: phrase('正在等待：', 'Waiting: '),
  text: phrase(
    '同一技能的另一项修改还在写入或核对，最多等一分钟；轮到后会自动继续，此卡片会更新。',
    'Another change of the same skill is still being written or checked. This waits for it, a minute at most, then continues by itself and shows the result here.',
  ),
};

/** The write is under way, or waits until nobody else writes the same skill. */
export function applyingCard(change: Change, isWaiting = false): CardJson {
  const { before, text } = isWaiting ? WAITING : WRITING;
  return card({ title: titled(before, change), template: 'blue' }, [
    skillLine(change),
    ...effect(change),
    divider,
    sentence(text),
    askedBy(change),
    changeIdNote(change),
  ]);
}

/** Done, read back and found as asked for. */
export const appliedCard = (change: Change, undoneBy: ChangeId | undefined): CardJson =>
  card({ title: titled(phrase('已完成：', 'Done: '), change), template: 'green' }, [
    skillLine(change),
    ...effect(change),
    ...appliedNotes(change),
    divider,
    askedBy(change),
    undoButton(change, undoneBy),
    ...logNote(change),
    changeIdNote(change),
  ]);

function appliedNotes({ outcome }: Change): Element[] {
  const notes: Element[] = [];
  if (outcome?.repaired) {
    notes.push(
      paragraph(
        md`⚠️ 该服务台会清空未发送的字段，机器人已立即写回完整内容；以后对该服务台总是完整写入。`,
        md`⚠️ This helpdesk clears the fields that are not sent. The bot has written the whole skill back at once, and will always write whole skills to it from now on.`,
      ),
    );
  }
  if (outcome?.settled) {
    notes.push(
      footnote(
        phrase(
          '写入时飞书没有明确回应，结果由重新读取确认。',
          'Feishu gave no clear answer to the write; the result was confirmed by reading the skill again.',
        ),
      ),
    );
  }
  return notes;
}

/** Written, but the skill is not what was asked for. */
export const mismatchCard = (change: Change, undoneBy: ChangeId | undefined): CardJson =>
  card({ title: titled(phrase('结果不一致：', 'Not as expected: '), change), template: 'orange' }, [
    skillLine(change),
    ...effect(change),
    divider,
    ...(change.outcome?.gone === true ? SKILL_GONE : differencesFound(change)),
    askedBy(change),
    ...(change.outcome?.gone === true ? [] : [undoButton(change, undoneBy)]),
    ...logNote(change),
    changeIdNote(change),
  ]);

const differencesFound = (change: Change): Block[] => [
  paragraph(
    md`⚠️ 写入后读回的技能与预期**不一致**，可能有人同时修改。实际与预期的差别：`,
    md`⚠️ Read back after the write, the skill is **not as expected**; somebody may have edited it at the same time. How it differs from what was expected:`,
  ),
  ...differences(change.outcome?.differences ?? [], namesOf(change.people)),
  sentence(phrase('机器人没有改动这些差别。', 'The bot has left these differences as they are.')),
];

const SKILL_GONE: Block[] = [
  paragraph(
    md`⚠️ 写入之后，这个技能**已不存在**，可能有人删除了它；无法再核对写入的结果。`,
    md`⚠️ After the write the skill **is not there any more**; somebody may have deleted it. What the write did cannot be checked now.`,
  ),
];

/** Nothing was changed. */
export const failedCard = (change: Change): CardJson =>
  card({ title: titled(phrase('未完成：', 'Failed: '), change), template: 'red' }, [
    skillLine(change),
    ...effect(change),
    divider,
    ...(change.outcome?.failure ? failureElements(change.outcome.failure) : []),
    sentence(phrase('技能没有被修改。', 'The skill was not changed.')),
    askedBy(change),
    ...(isWorthRetrying(change) ? [retryRow(change)] : []),
    changeIdNote(change),
  ]);

/** What was in the way may have passed by now. */
const PASSING: ReadonlySet<string> = new Set([
  'busy',
  'unreachable',
  'no-answer',
  'rate-limited',
  'unavailable',
  'no-access',
  'access-policy',
]);

const isWorthRetrying = ({ outcome }: Change): boolean => PASSING.has(outcome?.failure?.kind ?? '');

/** The skill was changed meanwhile, by whoever it was. With a fresh preview, when there is still something to do. */
export const conflictCard = (change: Change, next: Change | undefined): CardJson =>
  card({ title: titled(phrase('预览后有变化：', 'Changed meanwhile: '), change), template: 'orange' }, [
    skillLine(next ?? change),
    ...(next ? previewBody(next) : conflictWithoutNext(change)),
  ]);

const conflictWithoutNext = (change: Change): Block[] => [
  paragraph(md`⚠️ 预览之后有了这些变化：`, md`⚠️ This has changed since the preview:`),
  ...differences(change.outcome?.differences ?? [], namesOf(change.people)),
  sentence(phrase('因此已无需再改，什么都没有写入。', 'So there is nothing left to change, and nothing was written.')),
  askedBy(change),
  changeIdNote(change),
];

const OVER: Readonly<Record<'by-actor' | 'login-needed' | 'expired', { before: Phrase; text: Phrase }>> = {
  'by-actor': {
    before: phrase('已取消：', 'Cancelled: '),
    text: phrase('操作人已取消，什么都没有写入。', 'Cancelled by the one who asked; nothing was written.'),
  },
  'login-needed': {
    before: phrase('已过期：', 'Over: '),
    text: phrase(
      '授权失效，登录后会给出新的预览。',
      'The authorisation was no longer valid; after the login there is a fresh preview.',
    ),
  },
  expired: {
    before: phrase('已过期：', 'Expired: '),
    text: phrase(
      '预览已过期，什么都没有写入。需要时请重新发送命令。',
      'This preview has expired; nothing was written. Send the command again if it is still wanted.',
    ),
  },
};

/** Over without any effect. */
export function overCard(change: Change): CardJson {
  const { before, text } = OVER[change.status === 'expired' ? 'expired' : (change.outcome?.why ?? 'by-actor')];
  return card({ title: titled(before, change), template: 'grey' }, [
    skillLine(change),
    ...effect(change),
    divider,
    sentence(text),
    askedBy(change),
    changeIdNote(change),
  ]);
}
