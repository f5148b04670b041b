import type { CardJson } from '../json.ts';
import type { ClickTarget } from './controls.ts';
import { type Control, callbackValue, findControl } from './controls.ts';
import { checkChoice, formValues } from './formValues.ts';

export interface ClickInput {
  /** The choice in a select or an overflow menu. */
  option?: string;
  /** What is typed into an input outside a form. */
  inputValue?: string;
  /** What is filled into the form before it is submitted; controls that are not named keep what they show. */
  formValue?: Record<string, string | string[]>;
  /** What is sent of the button that submits a form. Default: both. */
  submits?: 'both' | 'value' | 'name';
  /** Claims that the card is in this chat. */
  chatId?: string;
}

const TIMEZONE = 'Asia/Shanghai';

/**
 * The `action` of the callback that a client sends for a control. `members` are the open ids offered by a person select
 * without options. Throws when a client would not send anything.
 * Source: /uAjLw4CM/ukzMukzMukzM/feishu-cards/card-callback-communication
 */
export function actionOf(card: CardJson, target: ClickTarget, input: ClickInput, members: string[]): CardJson {
  const control = findControl(card, target);
  if (control.node.disabled === true) throw new Error(`the control ${JSON.stringify(target)} is disabled`);
  const value = callbackValue(control.node);
  const isLeftOut = control.form !== undefined && input.submits === 'name';
  const action = { ...(value && !isLeftOut ? { value } : {}), tag: control.tag, timezone: TIMEZONE };
  if (control.form) return { ...action, ...inForm(control, control.form, input, members) };
  if (!value) throw new Error(`the control ${JSON.stringify(target)} has no callback`);
  return { ...action, ...outsideForm(control, input, members) };
}

function inForm(control: Control, form: CardJson, input: ClickInput, members: string[]): CardJson {
  if (control.tag !== 'button') throw new Error('a field of a form sends nothing by itself: click the submit button');
  if (control.node.form_action_type !== 'submit') throw new Error('the button does not submit the form');
  const name = input.submits === 'value' ? {} : { name: control.node.name };
  return { form_value: formValues(form, input.formValue ?? {}, members), ...name };
}

function outsideForm({ tag, node }: Control, input: ClickInput, members: string[]): CardJson {
  if (tag === 'button' || tag === 'interactive_container') return {};
  const named = typeof node.name === 'string' ? { name: node.name } : {};
  if (tag === 'input') return { ...named, input_value: input.inputValue ?? '' };
  if (input.option === undefined) throw new Error(`say which option of the ${tag} is chosen`);
  checkChoice(node, [input.option], members);
  return { ...named, option: input.option };
}
