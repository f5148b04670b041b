import type { CardJson } from '../../json.ts';
import { useSession } from '../lib/context.ts';
import { wordsOf } from '../lib/reading.ts';
import { Markdown } from '../markdown/Markdown.tsx';
import { textClasses } from './textClasses.ts';

/** A paragraph of markdown. */
export function MarkdownElement({ node }: { node: CardJson }) {
  const { language } = useSession();
  return <Markdown source={wordsOf(node, language)} class={textClasses(node)} />;
}
