import type { CardJson } from '../../json.ts';
import { objectsIn, textOf } from '../lib/reading.ts';
import { colorWord } from '../markdown/InlineView.tsx';
import { Elements } from './Elements.tsx';
import { columnStyle, layoutOf, rowStyle } from './layout.ts';

/** Columns side by side; `flex_mode` says what becomes of them on a narrow screen. */
export function ColumnSet({ node }: { node: CardJson }) {
  const mode = textOf(node.flex_mode) ?? 'none';
  return (
    <div class={`columns flex-${mode} ${background(node)}`} style={rowStyle(node)}>
      {objectsIn(node.columns).map((column, index) => (
        <div key={index} class={`column ${background(column)}`} style={{ ...layoutOf(column), ...columnStyle(column) }}>
          <Elements list={column.elements} />
        </div>
      ))}
    </div>
  );
}

function background(node: CardJson): string {
  const color = textOf(node.background_style);
  return color === undefined || color === 'default' ? '' : `filled wash-${colorWord(color)}`;
}
