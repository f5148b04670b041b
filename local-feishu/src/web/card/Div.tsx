import type { CardJson } from '../../json.ts';
import { useSession } from '../lib/context.ts';
import { objectOf, wordsOf } from '../lib/reading.ts';
import { Markdown } from '../markdown/Markdown.tsx';
import { textClasses } from './textClasses.ts';

/** A line of text: plain, or light markdown. */
export function Div({ node }: { node: CardJson }) {
  const text = objectOf(node.text);
  return <Words text={text} class={textClasses(text)} />;
}

/** A text object: `plain_text` as it is, `lark_md` and `markdown` as markdown. */
export function Words({ text, class: name = '' }: { text: CardJson; class?: string }) {
  const { language } = useSession();
  const words = wordsOf(text, language);
  if (text.tag === 'plain_text') return <p class={`plain ${name}`}>{words}</p>;
  return <Markdown source={words} class={name} />;
}
