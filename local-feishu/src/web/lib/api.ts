import type { ClickOutcome } from '../../clicks/clicks.ts';
import { isObject } from '../../json.ts';

/** What was asked for could not be done; the message is the local Feishu's. */
export class Refused extends Error {}

/** Posts to the control API. Rejects with the local Feishu's reason. */
export async function post(name: string, body: unknown): Promise<unknown> {
  return read(
    await fetch(`/sandbox/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  );
}

export const clearFaults = async (): Promise<unknown> => read(await fetch('/sandbox/faults', { method: 'DELETE' }));

async function read(response: Response): Promise<unknown> {
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  throw new Refused(isObject(answer) && typeof answer.error === 'string' ? answer.error : `HTTP ${response.status}`);
}

export const say = (as: string, chat: string, text: string): Promise<unknown> => post('say', { as, chat, text });

/** What is chosen or filled in with a click. */
export interface Filled {
  option?: string;
  inputValue?: string;
  formValue?: Record<string, string | string[]>;
}

/** Uses the control at this place among all controls of the card. */
export async function click(as: string, messageId: string, index: number, filled: Filled): Promise<ClickOutcome> {
  const { option, inputValue, formValue } = filled;
  const answer = await post('click', {
    as,
    message_id: messageId,
    index,
    ...(option === undefined ? {} : { option }),
    ...(inputValue === undefined ? {} : { input_value: inputValue }),
    ...(formValue === undefined ? {} : { form_value: formValue }),
  });
  if (isOutcome(answer)) return answer;
  throw new Refused('the local Feishu answered something else');
}

const isOutcome = (answer: unknown): answer is ClickOutcome =>
  isObject(answer) && (answer.status === 'ok' || answer.status === 'error');
