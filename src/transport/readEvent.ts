import { z } from 'zod';
import type { IncomingDelivery, UnplacedClick } from '../domain/delivery.ts';
import { OpenId } from '../domain/ids.ts';
import type { EventEnvelope } from './envelope.ts';

/** What an event is to the bot. */
export type ReadEvent =
  | { kind: 'delivery'; incoming: IncomingDelivery }
  /** It is from somebody of another company: all that may come of it is a refusal. */
  | { kind: 'stranger'; incoming: IncomingDelivery }
  | { kind: 'stranger-click' }
  | { kind: 'unplaced-click'; requestKey: string; click: UnplacedClick }
  /** It is for the bot as far as one can tell, and is not made as anything that the bot knows. */
  | { kind: 'unreadable'; what: 'click' | 'message' | 'other' }
  /** It is not for the bot. */
  | { kind: 'nothing' };

export const NOTHING: ReadEvent = { kind: 'nothing' };

/**
 * Whether somebody belongs to another company than the app, to which the header belongs. The platform names the company of
 * every sender (im-v1/message/events/receive), of everybody who clicks (card-callback-communication), of everybody who is
 * mentioned, and of whoever adds the bot to a group (im-v1/chat-member-bot/events/added): one that is missing is not ours.
 */
export const isStranger = ({ tenantKey }: EventEnvelope, person: string | null | undefined): boolean =>
  !tenantKey || person !== tenantKey;

export const deliveryFrom = (stranger: boolean, incoming: IncomingDelivery): ReadEvent => ({
  kind: stranger ? 'stranger' : 'delivery',
  incoming,
});

/** Of anything else than a text nobody knows which company it names. */
export const TenantKey = z.string().nullish().catch(undefined);

/** Milliseconds since 1970, or microseconds where somebody pressed; of any other form it counts as not known. */
export const CreateTime = z
  .string()
  .regex(/^\d{13}(\d{3})?$/)
  .transform((digits) => Number(digits.slice(0, 13)))
  .optional()
  .catch(undefined);

const Ids = z.object({ open_id: OpenId.optional().catch(undefined), tenant_key: TenantKey });
const NestedIds = Ids.optional().catch(undefined);
const WirePerson = Ids.extend({ user_id: NestedIds, operator_id: NestedIds });

/**
 * Whoever did something. Their open id stands in `open_id`, as documented, or is seen one level deeper, in `user_id` or in
 * `operator_id`; undefined where there is none, or where two differ: nobody knows then who it was.
 */
export function personIn(value: unknown): { openId: OpenId; tenantKey: string | null | undefined } | undefined {
  const { data } = WirePerson.safeParse(value);
  if (!data) return undefined;
  const places = [data, data.user_id, data.operator_id];
  const [openId, ...others] = new Set(places.flatMap((place) => place?.open_id ?? []));
  if (openId === undefined || others.length > 0) return undefined;
  return { openId, tenantKey: places.find((place) => place?.tenant_key !== undefined)?.tenant_key };
}
