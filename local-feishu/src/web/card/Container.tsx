import type { CardJson } from '../../json.ts';
import { useSession } from '../lib/context.ts';
import { objectsIn, wordsOf } from '../lib/reading.ts';
import { Elements } from './Elements.tsx';
import { layoutOf } from './layout.ts';
import { useCard } from './session.ts';

/** A container that is a button as a whole; a control inside it wins. */
export function Container({ node }: { node: CardJson }) {
  const { language } = useSession();
  const { send, pending } = useCard();
  const label = objectsIn(node.elements)
    .map((element) => wordsOf(element.text ?? element, language))
    .find((words) => words !== '');
  return (
    <div class={`container ${node.has_border === true ? 'bordered' : ''}`} style={layoutOf(node)}>
      <button
        type="button"
        class="cover"
        aria-label={label ?? '…'}
        disabled={node.disabled === true || pending !== undefined}
        onClick={() => send(node)}
      />
      <Elements list={node.elements} />
    </div>
  );
}
