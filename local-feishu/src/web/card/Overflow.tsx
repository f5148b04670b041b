import type { CardJson } from '../../json.ts';
import { useSession, useText } from '../lib/context.ts';
import { usePopover } from '../lib/popover.ts';
import { objectOf, objectsIn, textOf, wordsOf } from '../lib/reading.ts';
import { webAddress } from '../markdown/tags.ts';
import { useCard } from './session.ts';

/** A menu behind three dots. */
export function Overflow({ node }: { node: CardJson }) {
  const text = useText();
  const { pending } = useCard();
  const { isOpen, setOpen, root } = usePopover();
  return (
    <div class="multi" ref={root}>
      <button
        type="button"
        class="button type-text overflow-button"
        aria-label={text('more')}
        aria-expanded={isOpen}
        aria-haspopup="menu"
        disabled={node.disabled === true || pending !== undefined}
        onClick={() => setOpen(!isOpen)}
      >
        ⋯
      </button>
      {isOpen && (
        <ul class="popover menu">
          {objectsIn(node.options).map((option, index) => (
            <li key={index}>
              <Entry node={node} option={option} onChosen={() => setOpen(false)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Entry({ node, option, onChosen }: { node: CardJson; option: CardJson; onChosen(): void }) {
  const { language } = useSession();
  const { send } = useCard();
  const label = wordsOf(option.text, language);
  const href = webAddress(textOf(objectOf(option.multi_url).url) ?? '');
  if (href !== undefined) {
    return (
      <a class="menu-entry" href={href} target="_blank" rel="noopener noreferrer">
        {label}
      </a>
    );
  }
  const choose = (): void => {
    onChosen();
    send(node, { option: textOf(option.value) ?? '' });
  };
  return (
    <button type="button" class="menu-entry" onClick={choose}>
      {label}
    </button>
  );
}
