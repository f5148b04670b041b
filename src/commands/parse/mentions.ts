import type { Mention } from '../../domain/delivery.ts';

/** Feishu counts its keys: `@_user_1`. A key beyond this length stands for nobody. */
const MAX_KEY_LENGTH = 64;

/** Stands for everybody, without being one of the mentions. */
export const EVERYONE = '@_all';

/** What stands in a text for a mention. Where nothing says whom it means, nobody can read it. */
const PLACEHOLDER = /@_(?:user_\d+|all(?![A-Za-z0-9_]))/u;

/** The first placeholder in a text that no name has taken the place of. */
export const placeholderIn = (text: string): string | undefined => PLACEHOLDER.exec(text)?.[0];

/** Whether a placeholder ends right before a place. */
export const endsWithPlaceholder = (text: string, end: number): boolean =>
  /@_(?:user_\d+|all)$/u.test(text.slice(Math.max(0, end - MAX_PLACEHOLDER), end));

const MAX_PLACEHOLDER = 16;

/** The mentions of one message, to be found by the keys that stand for them in its text. */
export interface MentionKeys {
  /** The mention whose key stands at this place. The longest key wins: `@_user_1` is the beginning of `@_user_10`. */
  at(text: string, start: number): Mention | undefined;
}

/** Makes mentions findable in a time that does not depend on how many there are. Of two with one key the first counts. */
export function mentionKeys(mentions: readonly Mention[]): MentionKeys {
  const byKey = new Map<string, Mention>();
  for (const mention of mentions) {
    const { key } = mention;
    if (key.startsWith('@') && key.length <= MAX_KEY_LENGTH && !byKey.has(key)) byKey.set(key, mention);
  }
  const lengths = [...new Set([...byKey.keys()].map((key) => key.length))].sort((a, b) => b - a);
  return {
    at(text, start) {
      for (const length of lengths) {
        const mention = byKey.get(text.slice(start, start + length));
        if (mention) return mention;
      }
      return undefined;
    },
  };
}
