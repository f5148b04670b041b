import type { Setting } from '../../control/snapshot.ts';
import type { CommandHint } from '../../pageOptions.ts';
import type { Member } from '../../state/directory.ts';
import type { Language } from '../lib/reading.ts';

/** Something the text box can complete. */
export interface Offer {
  key: string;
  label: string;
  note: string;
  /** Stands in place of what is being typed, from `from` on. */
  text: string;
  from: number;
  /** Of a person or the bot: whose avatar. */
  openId?: string;
}

const MAX_OFFERS = 8;

/** What fits the text before the cursor: people after `@`, commands after `/`. */
export function offersFor(
  typed: string,
  { setting, members, language }: { setting: Setting; members: ReadonlyMap<string, Member>; language: Language },
): Offer[] {
  const mention = /(?:^|[^\w.%+-])@([^@\s]*)$/.exec(typed);
  if (mention) return people(mention[1] ?? '', typed.length, setting, members);
  return /^[/／][^\n]*$/.test(typed) ? commands(typed, setting.hints, language) : [];
}

function people(begun: string, at: number, { bot }: Setting, members: ReadonlyMap<string, Member>): Offer[] {
  const wanted = begun.toLowerCase();
  const all = [{ ...bot, enName: 'bot' }, ...members.values()];
  return all
    .filter(({ name, enName }) => [name, enName].some((word) => word.toLowerCase().includes(wanted)))
    .slice(0, MAX_OFFERS)
    .map(({ openId, name, enName }) => ({
      key: openId,
      openId,
      label: name,
      note: enName === name ? '' : enName,
      text: `@${name} `,
      from: at - begun.length - 1,
    }));
}

function commands(typed: string, hints: readonly CommandHint[], language: Language): Offer[] {
  const wanted = typed.replace('／', '/').toLowerCase();
  const fitting = hints.filter(({ insert }) => insert.toLowerCase().startsWith(wanted));
  return fitting.map((hint) => ({
    key: hint.insert,
    label: hint.usage[language],
    note: hint.summary[language],
    text: hint.insert,
    from: 0,
  }));
}
