import type { CardJson } from '../../json.ts';
import { useNames, useSession } from '../lib/context.ts';
import { objectsIn, textOf, wordsOf } from '../lib/reading.ts';

export interface Choice {
  value: string;
  label: string;
}

/** What a select offers: its options, or for people without options the members of the chat. */
export function useChoices(node: CardJson): Choice[] {
  const { language, chat } = useSession();
  const nameOf = useNames();
  const options = objectsIn(node.options).flatMap((option) => {
    const value = textOf(option.value);
    return value === undefined ? [] : [{ value, label: wordsOf(option.text, language) }];
  });
  if (!textOf(node.tag)?.endsWith('_person')) return options;
  const ids = options.length > 0 ? options.map(({ value }) => value) : chat.members;
  return ids.map((value) => ({ value, label: nameOf(value) }));
}
