import { type Beside, changeCard } from '../../cards/change/card.ts';
import { adviceFor } from '../../cards/failure.ts';
import { type Toast, toast } from '../../cards/kit.ts';
import { notUndoableCard } from '../../cards/undo.ts';
import { cardIsShown, type Standing, showCardAgain, undoneBy } from '../../changes/cards.ts';
import type { PressResult } from '../../changes/pressResult.ts';
import { planUndo } from '../../changes/undo.ts';
import type { Change, ChangeStatus } from '../../domain/change.ts';
import type { CardActionDelivery } from '../../domain/delivery.ts';
import { ChangeId, type MessageId } from '../../domain/ids.ts';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import type { ActionAnswer, Context, Reply, Services } from '../context.ts';
import { askedIn, changeReply } from '../replies/changeReply.ts';
import { planAfresh } from '../replies/planAfresh.ts';
import { postReply } from '../replies/post.ts';
import { clickContext } from './clickContext.ts';
import { answered } from './perform.ts';
import { loginReply } from './refusals.ts';

type Press = (services: Services, requestKey: string, click: CardActionDelivery) => Promise<ActionAnswer>;

export const confirmPressed = press('confirm');
export const cancelPressed = press('cancel');

function press(how: 'confirm' | 'cancel'): Press {
  return async (services, requestKey, click) => {
    const id = changeIdOf(click);
    if (!id) return noSuchChange();
    const pressed = await services.changes[how](id, click.actorId, click.cardMessageId);
    return answerTo(services, requestKey, click, pressed);
  };
}

const changeIdOf = ({ action }: CardActionDelivery): ChangeId | undefined => ChangeId.safeParse(action.id).data;

async function clickedChange({ store }: Services, click: CardActionDelivery): Promise<Change | undefined> {
  const id = changeIdOf(click);
  return id && (await store.changes.get(id));
}

/** The preview of an undo is a message of its own: the card of the change stays as the record of it. */
export const undoPressed: Press = async (services, requestKey, click) => {
  const change = await clickedChange(services, click);
  if (!change) return noSuchChange();
  if (change.actorId !== click.actorId) return { toast: toast('error', foreignUndo(change)) };
  const by = await undoneBy(services.store, change);
  if (by) return { ...answerShowing(services, change, { undoneBy: by }), toast: UNDONE };
  const context = clickContext(services, requestKey, click);
  const attempted = { command: undefined, input: {}, understood: `/skill undo ${change.id}` };
  const reply = await answered(attempted, context, async () => {
    await services.grants.ensure(context.actorId);
    return onePreview(context, `undo:${change.id}`, async (once) => {
      const planned = await planUndo(services, askedIn(once), change);
      if (planned.kind === 'planned') return changeReply(once, planned.change);
      return { card: notUndoableCard(planned.why) };
    });
  });
  await postReply(services, reply.change?.requestKey ?? requestKey, click.cardMessageId, reply);
  return {
    toast: reply.change
      ? IN_NEW_MESSAGE
      : toast('warning', phrase('还没有撤销，请看新消息。', 'Not undone yet; please see the new message.')),
  };
};

/** However often a button is pressed, one preview waits: `key` is the same for every press. */
async function onePreview(context: Context, key: string, plan: (once: Context) => Promise<Reply>): Promise<Reply> {
  const first = await plan({ ...context, requestKey: key });
  return first.change && !isStillWaiting(context, first.change) ? plan(context) : first;
}

/** Whether there is time left to confirm a preview. */
const isStillWaiting = ({ services }: Context, { status, expiresAt }: Change): boolean =>
  status === 'pending' && services.clock.now() + LEAST_TIME_MS < expiresAt;

/** What it takes to read a preview, and to press. */
const LEAST_TIME_MS = 60_000;

/** The same once more, as a fresh preview in a message of its own. What is not known is looked for all the same. */
export const retryPressed: Press = async (services, requestKey, click) => {
  const change = await clickedChange(services, click);
  if (!change) return noSuchChange();
  if (change.actorId !== click.actorId) return { toast: toast('error', FOREIGN) };
  if (!canBeRetried(change)) return answerShowing(services, change);
  const context = clickContext(services, requestKey, click);
  const attempted = { command: undefined, input: {}, understood: `/skill ${change.intent.kind} ${change.id}` };
  const remarks = change.outcome?.unknown ? [{ kind: 'maybe-done' as const }] : [];
  const reply = await answered(attempted, context, async () => {
    await services.grants.ensure(context.actorId);
    return onePreview(context, `retry:${change.id}`, (once) => planAfresh(once, change, remarks));
  });
  const next = reply.change;
  const noted = next ? await services.changes.noteRetry(change, next.id) : undefined;
  await postReply(services, next?.requestKey ?? requestKey, click.cardMessageId, reply);
  const said = next ? IN_NEW_MESSAGE : NO_PREVIEW;
  return noted ? { ...answerShowing(services, noted), toast: said } : { toast: said };
};

const UNDONE = toast('info', phrase('已经撤销过了。', 'This was undone already.'));

const canBeRetried = ({ status, outcome }: Change): boolean =>
  status === 'failed' || (outcome?.unknown?.offersRetry === true && (status === 'applying' || status === 'mismatch'));

const IN_NEW_MESSAGE = toast('info', phrase('请在新消息里确认。', 'Please confirm in the new message.'));
const NO_PREVIEW = toast(
  'warning',
  phrase('没有新的预览，请看新消息。', 'There is no fresh preview; please see the new message.'),
);

const foreignUndo = (change: Change): Phrase =>
  phrase(
    `只有操作人能按这里。你可以发送 /skill undo ${change.id}`,
    `Only the one who made the change can press this. You can send /skill undo ${change.id}`,
  );

const noSuchChange = (): ActionAnswer => ({
  toast: toast(
    'error',
    phrase('找不到这个变更，请重新发送命令。', 'This change is not known; please send the command again.'),
  ),
});

async function answerTo(
  services: Services,
  requestKey: string,
  click: CardActionDelivery,
  pressed: PressResult,
): Promise<ActionAnswer> {
  switch (pressed.kind) {
    case 'no-such-change':
      return noSuchChange();
    case 'foreign':
      return { toast: toast('error', FOREIGN) };
    case 'trouble':
      return { toast: toast('error', troubleWords(pressed.failure.kind)) };
    case 'login-needed': {
      const waiting = { kind: 'replan' as const, changeId: pressed.change.id };
      const context = { ...clickContext(services, requestKey, click), waiting };
      const { card, onShown } = await loginReply(pressed.need, context);
      return { card, onShown: (cardMessageId) => replaced(services, pressed.change, onShown?.(cardMessageId)) };
    }
    case 'shows':
      return answerShowing(services, pressed.change, pressed);
  }
}

/** A card that shows the change as it stands, where that is not about to be shown by another click. */
function answerShowing(services: Services, change: Change, beside: Beside = {}): ActionAnswer {
  const isUnknown = change.outcome?.unknown !== undefined;
  const said = isUnknown ? NOT_KNOWN : TOASTS[change.status];
  // The first click brings the card to its end; a card from here could arrive after that and undo it.
  if (change.status === 'applying' && !isUnknown) return said ? { toast: said } : {};
  return {
    card: changeCard(change, beside),
    ...(said && { toast: said }),
    onShown: (cardMessageId) => markCardShown(services, { ...beside, change }, cardMessageId),
  };
}

/** What a copy of the card shows, the bot's own one does not. */
async function markCardShown({ store }: Services, shown: Standing, cardMessageId: MessageId): Promise<void> {
  const { change } = shown;
  if (change.cardMessageId !== undefined && change.cardMessageId !== cardMessageId) return;
  await cardIsShown(store, change.id, shown);
}

const NOT_KNOWN = toast(
  'warning',
  phrase('结果未知，正在核对', 'It is not known yet whether it was done; this is being checked'),
);

/** Where the click was about a change, its card is shown once more, as things stand. */
export async function showClickedAgain({ store }: Services, click: CardActionDelivery): Promise<void> {
  const id = changeIdOf(click);
  if (id) await showCardAgain(store, id, click.cardMessageId);
}

/** The card of a change now shows something else: nobody has to bring it up to date any more. */
async function replaced({ store }: Services, change: Change, also: Promise<void> | undefined): Promise<void> {
  await also;
  await store.changes.cardShown(change.id);
}

const FOREIGN = phrase('只有发起的人能确认或取消。', 'Only the one who asked can confirm or cancel this.');

const troubleWords = (kind: string): Phrase => {
  const { what, todo } = adviceFor(kind);
  return phrase(`${what.zh}${todo.zh}`, `${what.en} ${todo.en}`);
};

const TOASTS: Partial<Readonly<Record<ChangeStatus, Toast>>> = {
  applied: toast('success', phrase('已完成', 'Done')),
  failed: toast('error', phrase('未完成，没有修改', 'It failed, nothing was changed')),
  mismatch: toast('warning', phrase('结果与预期不一致', 'The result is not as expected')),
  conflicted: toast('warning', phrase('预览后有变化，请看新的预览', 'It has changed meanwhile; please look again')),
  expired: toast('warning', phrase('预览已过期', 'This preview has expired')),
  applying: toast('info', phrase('正在写入…', 'Being written…')),
};
