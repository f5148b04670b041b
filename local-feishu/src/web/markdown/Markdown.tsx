import { useMemo } from 'preact/hooks';
import { BlockView } from './BlockView.tsx';
import { parseMarkdown } from './parse.ts';

interface Props {
  source: string;
  class?: string;
}

/** Markdown of a card: a tree of known nodes, never HTML. */
export function Markdown({ source, class: name = '' }: Props) {
  const blocks = useMemo(() => parseMarkdown(source), [source]);
  return (
    <div class={`md ${name}`}>
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
}
