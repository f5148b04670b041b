import type { CardJson } from '../../json.ts';
import { useSession, useText } from '../lib/context.ts';
import { textOf, wordsOf } from '../lib/reading.ts';
import { useChoices } from './choices.ts';
import { useLineBefore } from './Elements.tsx';
import { initialValue } from './initialValues.ts';
import { widthOf } from './layout.ts';
import { handleFormClick, useCard } from './session.ts';

/** One of several options or people. Outside a form a choice is sent at once. */
export function Select({ node }: { node: CardJson }) {
  const { language } = useSession();
  const text = useText();
  const { pending, send } = useCard();
  const form = handleFormClick();
  const name = textOf(node.name) ?? '';
  const placeholder = wordsOf(node.placeholder, language) || text('choose');
  const chosen = String((form ? form.values[name] : initialValue(node)) ?? '');
  return (
    <select
      class="field"
      style={widthOf(node)}
      aria-label={useLineBefore() || placeholder}
      aria-required={node.required === true}
      aria-invalid={form?.missing.has(name) ?? false}
      disabled={node.disabled === true || pending !== undefined}
      value={chosen}
      onChange={({ currentTarget: { value } }) => {
        if (form) form.set(name, value);
        else send(node, { option: value });
      }}
    >
      <option value="" disabled>
        {placeholder}
      </option>
      {useChoices(node).map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}
