import { InlineView } from './InlineView.tsx';
import type { Block, Inline } from './nodes.ts';

const Line = ({ nodes }: { nodes: Inline[] }) => (
  <>
    {nodes.map((node, index) => (
      <InlineView key={index} node={node} />
    ))}
  </>
);

const Inside = ({ blocks }: { blocks: Block[] }) => (
  <>
    {blocks.map((block, index) => (
      <BlockView key={index} block={block} />
    ))}
  </>
);

/** One block of markdown. */
export function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p>
          <Line nodes={block.children} />
        </p>
      );
    case 'heading':
      return (
        <p class={`md-heading md-h${block.level}`}>
          <Line nodes={block.children} />
        </p>
      );
    case 'rule':
      return <hr />;
    case 'code':
      return (
        <pre>
          <code>{block.text}</code>
        </pre>
      );
    case 'quote':
      return (
        <blockquote>
          <Inside blocks={block.blocks} />
        </blockquote>
      );
    case 'list':
      return <ListView block={block} />;
    case 'table':
      return <TableView block={block} />;
  }
}

function ListView({ block }: { block: Extract<Block, { kind: 'list' }> }) {
  const items = block.items.map((item, index) => (
    <li key={index}>
      <Inside blocks={item} />
    </li>
  ));
  return block.ordered ? <ol start={block.start}>{items}</ol> : <ul>{items}</ul>;
}

function TableView({ block }: { block: Extract<Block, { kind: 'table' }> }) {
  return (
    <div class="scroll-x">
      <table class="grid">
        <thead>
          <tr>
            {block.head.map((cell, index) => (
              <th key={index} scope="col">
                <Line nodes={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {block.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>
                  <Line nodes={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
