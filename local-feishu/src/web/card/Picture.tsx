import type { CardJson } from '../../json.ts';
import { useSession, useText } from '../lib/context.ts';
import { wordsOf } from '../lib/reading.ts';

/** Stands in for an image: the local Feishu has keys only. */
export function Picture({ node }: { node: CardJson }) {
  const { language } = useSession();
  const text = useText();
  return <p class="picture">{wordsOf(node.alt, language) || text('image')}</p>;
}
