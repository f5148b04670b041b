import { changeCard } from '../../cards/change/card.ts';
import { type CardJson, toast } from '../../cards/kit.ts';
import { viewGoneCard } from '../../cards/refused.ts';
import { workingCard } from '../../cards/working.ts';
import type { CardActionDelivery } from '../../domain/delivery.ts';
import { ChangeId, SkillId } from '../../domain/ids.ts';
import { phrase } from '../../lib/phrase.ts';
import type { ActionAnswer, OnView, Services } from '../context.ts';
import { goOnWithForm, handleFormClick } from '../forms/handleFormClick.ts';
import { findCommand } from '../registry.ts';
import { loadView } from '../views.ts';
import type { Allowed } from './allowed.ts';
import { cancelPressed, confirmPressed, retryPressed, undoPressed } from './changeActions.ts';
import { clickContext } from './clickContext.ts';
import { perform } from './perform.ts';

export interface ActionParts {
  services: Services;
  allowed: Allowed;
}

/** Does what a button stands for. The value of the button names server-side state and is trusted for nothing else. */
export async function handleAction(
  parts: ActionParts,
  requestKey: string,
  click: CardActionDelivery,
): Promise<ActionAnswer> {
  const { services, allowed } = parts;
  if (!allowed(click.chatId, click.actorId)) return { toast: toast('error', NOT_ALLOWED) };
  const { name } = click.action;
  switch (name) {
    case 'change.confirm':
      return confirmPressed(services, requestKey, click);
    case 'change.cancel':
      return cancelPressed(services, requestKey, click);
    case 'change.retry':
      return retryPressed(services, requestKey, click);
    case 'change.undo':
      return undoPressed(services, requestKey, click);
    case 'skill.pick':
      return onView(services, click, pick);
    case 'value.pick':
      return onView(services, click, pickValue);
    case 'page.go':
      return onView(services, click, turnPage);
    default:
      if (name.startsWith('form.')) return onView(services, click, handleFormClick);
      return { toast: toast('error', UNKNOWN_BUTTON) };
  }
}

const NOT_ALLOWED = phrase('这里不能使用机器人。', 'The bot is not available here.');
const UNKNOWN_BUTTON = phrase(
  '这个按钮已不再可用，请重新发送命令。',
  'This button no longer works; please send the command again.',
);

/**
 * What a card shows while its click takes longer than the client waits; undefined when the card has to stay as it is,
 * because the click may turn out not to be allowed to change it.
 */
export async function cardInProgress(services: Services, click: CardActionDelivery): Promise<CardJson | undefined> {
  const id = ChangeId.safeParse(click.action.id);
  const change = id.success ? await services.store.changes.get(id.data) : undefined;
  if (change) {
    if (change.status !== 'applying' || change.actorId !== click.actorId) return undefined;
    return changeCard(change, { isWaiting: await services.changes.isWaiting(change) });
  }
  const found = await loadView(services, click.action.id);
  return found?.actorId === click.actorId ? workingCard() : undefined;
}

/** Only the one who asked for a card may use its buttons: a card is the same for everybody who sees it. */
async function onView(services: Services, click: CardActionDelivery, use: OnView): Promise<ActionAnswer> {
  const found = await loadView(services, click.action.id);
  if (!found) return { card: viewGoneCard() };
  if (found.actorId !== click.actorId) return { toast: toast('error', NOT_YOURS) };
  // A view makes one change only, however often its button is pressed.
  const context = clickContext(services, `view:${click.action.id ?? ''}`, click);
  const reply = await use(found.view, click, context);
  return reply ?? { toast: toast('error', UNKNOWN_BUTTON) };
}

const NOT_YOURS = phrase(
  '这张卡片是别人的，请自己发送 /skill 命令。',
  'This card belongs to somebody else; send a /skill command of your own.',
);

const pick: OnView = (view, click, context) => {
  const skill = SkillId.safeParse(click.action.details.skill ?? click.action.option);
  const { picks } = view;
  const command = findCommand(picks?.command);
  if (!picks || !command || !skill.success || !picks.skills.includes(skill.data)) return undefined;
  const input = { ...picks.input, skill: skill.data };
  if (picks.inForm) return goOnWithForm(command, input, context);
  return perform(command, input, `/skill ${command.name} ${skill.data}`, context);
};

const pickValue: OnView = (view, click, context) => {
  const { at } = click.action.details;
  const command = findCommand(view.choices?.command);
  const input = typeof at === 'number' ? view.choices?.inputs[at] : undefined;
  return command && input && perform(command, input, `/skill ${command.name}`, context);
};

const turnPage: OnView = (view, click, context) => {
  const command = findCommand(view.command);
  const page = click.action.details.page;
  if (!command || typeof page !== 'number') return undefined;
  return perform(command, { ...view.input, page }, `/skill ${command.name}`, context);
};
