import { useState } from 'preact/hooks';
import type { CardJson } from '../../json.ts';
import { isObject } from '../../json.ts';
import { useSession, useText } from '../lib/context.ts';
import { objectsIn, textOf, wordsOf } from '../lib/reading.ts';
import { webAddress } from '../markdown/tags.ts';
import { Confirm } from './Confirm.tsx';
import { widthOf } from './layout.ts';
import { handleFormClick, useCard } from './session.ts';

/** A button: calls back, opens a page, or submits or resets its form. */
export function Button({ node }: { node: CardJson }) {
  const { language } = useSession();
  const { pending } = useCard();
  const press = usePress(node);
  const [asks, setAsks] = useState(false);
  const label = wordsOf(node.text, language);
  const classes = buttonClasses(node, pending === node);
  const href = linkOf(node);
  if (href !== undefined && !hasCallback(node)) return <Link href={href} label={label} classes={classes} node={node} />;
  const tips = wordsOf(node.disabled === true ? node.disabled_tips : node.hover_tips, language);
  return (
    <>
      <button
        type="button"
        class={classes}
        style={widthOf(node)}
        disabled={node.disabled === true || pending !== undefined}
        {...(tips === '' ? {} : { title: tips })}
        onClick={() => (isObject(node.confirm) ? setAsks(true) : press())}
      >
        {label}
      </button>
      {asks && isObject(node.confirm) && <Confirm confirm={node.confirm} onOk={press} onClose={() => setAsks(false)} />}
    </>
  );
}

function Link({ href, label, classes, node }: { href: string; label: string; classes: string; node: CardJson }) {
  const text = useText();
  return (
    <a class={classes} style={widthOf(node)} href={href} target="_blank" rel="noopener noreferrer">
      {label}
      <span class="hidden"> ({text('opensTab')})</span>
    </a>
  );
}

function usePress(node: CardJson): () => void {
  const { send } = useCard();
  const form = handleFormClick();
  return () => {
    if (form && node.form_action_type === 'reset') return form.reset();
    if (form && node.form_action_type === 'submit') return form.submit(node);
    const href = linkOf(node);
    if (href !== undefined) window.open(href, '_blank', 'noopener');
    send(node);
  };
}

const hasCallback = (node: CardJson): boolean =>
  node.form_action_type !== undefined || objectsIn(node.behaviors).some(({ type }) => type === 'callback');

function linkOf(node: CardJson): string | undefined {
  const opening = objectsIn(node.behaviors).find(({ type }) => type === 'open_url');
  return opening && webAddress(textOf(opening.default_url) ?? textOf(opening.pc_url) ?? '');
}

const TYPES = 'default primary danger text primary_text danger_text primary_filled danger_filled laser'.split(' ');

function buttonClasses(node: CardJson, isPending: boolean): string {
  const type = TYPES.find((known) => known === node.type) ?? 'default';
  const size = ['tiny', 'small', 'large'].find((known) => known === node.size) ?? 'medium';
  return `button type-${type} button-${size}${isPending ? ' is-pending' : ''}`;
}
