import { changeCard, isShowable } from '../../cards/change/card.ts';
import type { Asked, Planned } from '../../changes/plan.ts';
import type { Change } from '../../domain/change.ts';
import type { Skill } from '../../domain/skill.ts';
import type { Context, Reply } from '../context.ts';
import { RefusedError } from '../errors.ts';

/** Who asked, in the form in which changes are planned. `people` adds names to those of the message. */
export const askedIn = (context: Context, people: Context['people'] = []): Asked => ({
  requestKey: context.requestKey,
  actorId: context.actorId,
  chatId: context.chatId,
  sourceMessageId: context.sourceMessageId,
  people: [...context.people, ...people],
});

/**
 * The preview of a change; the message that shows it is remembered. Throws a {@link RefusedError} when a card cannot
 * show all of it: nothing is written that the person has not seen.
 */
export function changeReply({ services }: Context, change: Change): Reply {
  if (!isShowable(change)) throw new RefusedError({ kind: 'too-large' });
  services.logger.info({ change: change.id, intent: change.intent.kind }, 'change planned');
  return {
    card: changeCard(change),
    change,
    onShown: (cardMessageId) => services.store.changes.setCard(change.id, cardMessageId),
  };
}

/** The preview, or a {@link RefusedError} when there is nothing to change. */
export function plannedReply(context: Context, skill: Pick<Skill, 'name' | 'agents'>, planned: Planned): Reply {
  if (planned.kind === 'planned') return changeReply(context, planned.change);
  const people = [...context.people, ...skill.agents];
  throw new RefusedError({ kind: 'pointless', skillName: skill.name, people, why: planned.why });
}
