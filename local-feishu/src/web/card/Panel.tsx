import type { CardJson } from '../../json.ts';
import { objectOf } from '../lib/reading.ts';
import { Words } from './Div.tsx';
import { Elements } from './Elements.tsx';
import { layoutOf } from './layout.ts';

/** A panel that folds. */
export function Panel({ node }: { node: CardJson }) {
  const header = objectOf(node.header);
  return (
    <details class={`fold ${node.border === undefined ? '' : 'bordered'}`} open={node.expanded === true}>
      <summary>
        <Words text={objectOf(header.title)} />
      </summary>
      <div class="fold-body" style={layoutOf(node)}>
        <Elements list={node.elements} />
      </div>
    </details>
  );
}
