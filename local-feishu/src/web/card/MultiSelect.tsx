import type { CardJson } from '../../json.ts';
import { Avatar } from '../chat/Avatar.tsx';
import { useSession, useText } from '../lib/context.ts';
import { usePopover } from '../lib/popover.ts';
import { textOf, wordsOf } from '../lib/reading.ts';
import { type Choice, useChoices } from './choices.ts';
import { useLineBefore } from './Elements.tsx';
import { widthOf } from './layout.ts';
import { handleFormClick } from './session.ts';

/** Several options or people; in forms only. */
export function MultiSelect({ node }: { node: CardJson }) {
  const { language } = useSession();
  const text = useText();
  const form = handleFormClick();
  const { isOpen, setOpen, root } = usePopover();
  const choices = useChoices(node);
  const name = textOf(node.name) ?? '';
  const chosen = [form?.values[name] ?? []].flat();
  const placeholder = wordsOf(node.placeholder, language) || text('choose');
  const label = useLineBefore() || placeholder;
  const labels = choices.filter(({ value }) => chosen.includes(value)).map(({ label }) => label);
  const toggle = (value: string): void =>
    form?.set(name, chosen.includes(value) ? chosen.filter((entry) => entry !== value) : [...chosen, value]);
  const invalid = form?.missing.has(name) === true;
  return (
    <div class="multi" ref={root} style={widthOf(node)}>
      <button
        type="button"
        class={`field multi-button${invalid ? ' invalid' : ''}`}
        aria-expanded={isOpen}
        aria-label={[label, ...labels].join(' ')}
        disabled={node.disabled === true}
        onClick={() => setOpen(!isOpen)}
      >
        {labels.length === 0 ? (
          <span class="placeholder">{placeholder}</span>
        ) : (
          labels.join(language === 'zh' ? '、' : ', ')
        )}
      </button>
      {isOpen && (
        <fieldset class="popover" ref={(list) => list?.scrollIntoView({ block: 'nearest' })}>
          <legend class="hidden">{label}</legend>
          {choices.map((choice) => (
            <Tick
              key={choice.value}
              choice={choice}
              isPerson={textOf(node.tag) === 'multi_select_person'}
              checked={chosen.includes(choice.value)}
              onToggle={() => toggle(choice.value)}
            />
          ))}
        </fieldset>
      )}
    </div>
  );
}

interface TickProps {
  choice: Choice;
  isPerson: boolean;
  checked: boolean;
  onToggle(): void;
}

const Tick = ({ choice, isPerson, checked, onToggle }: TickProps) => (
  <label class="tick">
    <input type="checkbox" checked={checked} onChange={onToggle} />
    {isPerson && <Avatar id={choice.value} name={choice.label} size="tiny" />}
    <span>{choice.label}</span>
  </label>
);
