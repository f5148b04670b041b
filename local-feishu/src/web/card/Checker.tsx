import type { CardJson } from '../../json.ts';
import { objectOf } from '../lib/reading.ts';
import { Words } from './Div.tsx';

/** A tick that stays in this client: the local Feishu sends no callback for it. */
export function Checker({ node }: { node: CardJson }) {
  return (
    <label class="checker">
      <input type="checkbox" defaultChecked={node.checked === true} disabled={node.disabled === true} />
      <Words text={objectOf(node.text)} />
    </label>
  );
}
