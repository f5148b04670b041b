import { z } from 'zod';

// Path values are not encoded by the API client, so an id is checked before it gets near a URL.
const pathSafe = z.string().regex(/^[A-Za-z0-9_-]{1,128}$/);

/** Id of an agent skill. Digits beyond 2^53: always a string (open.feishu.cn helpdesk-v1/agent_skill/get). */
export const SkillId = pathSafe.brand<'SkillId'>();
export type SkillId = z.infer<typeof SkillId>;

/** A person, as this app knows them: open ids are per app. Samples begin with `ou_`; no document promises it. */
export const OpenId = pathSafe.brand<'OpenId'>();
export type OpenId = z.infer<typeof OpenId>;

export const ChatId = pathSafe.brand<'ChatId'>();
export type ChatId = z.infer<typeof ChatId>;

export const MessageId = pathSafe.brand<'MessageId'>();
export type MessageId = z.infer<typeof MessageId>;

/** Id of a change: sorts by time, may be typed by a person (`/skill undo <change>`). */
export const ChangeId = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  .brand<'ChangeId'>();
export type ChangeId = z.infer<typeof ChangeId>;

/** Id of server-side state behind a card's buttons: a page, a form, a picker. */
export const ViewId = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  .brand<'ViewId'>();
export type ViewId = z.infer<typeof ViewId>;
