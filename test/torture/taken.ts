import type { ClickOutcome } from 'local-feishu';

/** What a client has been told of a click. */
export type Answered = Pick<ClickOutcome, 'status' | 'code' | 'toast'> & Partial<Pick<ClickOutcome, 'eventId'>>;

/** It asks to be pressed again: the click may never have been stored. */
const NOT_STORED = 'database is busy';
/** An error, but the click is stored and will be worked on again. */
const GOES_ON = 'trying again';

/**
 * Whether the answer to Confirm says that the press was taken: it is done, or will be, whatever becomes of the process. An
 * answer that never came says nothing, and neither does one without words.
 */
export function isTaken({ status, toast }: Answered): boolean {
  if (status !== 'ok' || !toast) return false;
  const words = toast.i18n?.en_us ?? '';
  if (toast.type === 'error') return words.includes(GOES_ON);
  return toast.type !== 'warning' && !words.includes(NOT_STORED);
}
