import { useId } from 'preact/hooks';
import type { CardJson } from '../../json.ts';
import { useSession } from '../lib/context.ts';
import { textOf, wordsOf } from '../lib/reading.ts';
import { useLineBefore } from './Elements.tsx';
import { widthOf } from './layout.ts';
import { handleFormClick, useCard } from './session.ts';

const MAX_LENGTH = 1000;

/** A text field. Outside a form, Enter or leaving it sends what was typed. */
export function Input({ node }: { node: CardJson }) {
  const { language } = useSession();
  const id = useId();
  const field = useTyping(node);
  const label = wordsOf(node.label, language);
  const before = useLineBefore();
  const placeholder = wordsOf(node.placeholder, language);
  const shared = {
    ...{ id, placeholder, ...field },
    class: 'field',
    style: widthOf(node),
    maxLength: typeof node.max_length === 'number' ? node.max_length : MAX_LENGTH,
    disabled: node.disabled === true,
    ...(label === '' ? { 'aria-label': before || placeholder || (textOf(node.name) ?? '') } : {}),
  };
  const rows = typeof node.rows === 'number' ? node.rows : 5;
  return (
    <div class={`labelled ${node.label_position === 'left' ? 'label-left' : ''}`}>
      {label !== '' && <label for={id}>{label}</label>}
      {node.input_type === 'multiline_text' && <textarea {...shared} rows={rows} />}
      {node.input_type === 'password' && <input {...shared} type="password" autocomplete="off" />}
      {(node.input_type ?? 'text') === 'text' && <input {...shared} type="text" autocomplete="off" />}
    </div>
  );
}

type Field = HTMLInputElement | HTMLTextAreaElement;

function useTyping(node: CardJson) {
  const form = handleFormClick();
  const { send } = useCard();
  const name = textOf(node.name) ?? '';
  if (!form) {
    return {
      defaultValue: textOf(node.default_value) ?? '',
      onChange: (event: { currentTarget: Field }) => send(node, { inputValue: event.currentTarget.value }),
    };
  }
  return {
    value: String(form.values[name] ?? ''),
    onInput: (event: { currentTarget: Field }) => form.set(name, event.currentTarget.value),
    'aria-required': node.required === true,
    'aria-invalid': form.missing.has(name),
  };
}
