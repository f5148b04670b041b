import { closest, distance } from 'fastest-levenshtein';
import { type OpenId, SkillId } from '../../domain/ids.ts';
import { folded } from '../../domain/ruleChoice.ts';
import type { Agent, Skill, SkillSummary } from '../../domain/skill.ts';
import type { UnreadableSkill } from '../../domain/unreadable.ts';
import { withoutInvisibleAround } from '../../domain/writable.ts';
import { FeishuError } from '../../feishu/errors.ts';
import type { Helpdesk } from '../../feishu/helpdesk.ts';
import type { People } from '../../feishu/people.ts';
import { PickNeeded, RefusedError } from '../errors.ts';
import type { AgentReference } from '../parse/people.ts';
import { namesBesideAddresses } from './typedNames.ts';

/** Ids in documents have 19 digits; a text like that is looked up as an id first, without the list. */
const LIKE_AN_ID = /^\d{15,32}$/;

/**
 * The skill that a text names: an id, an exact name, or an unambiguous beginning of one.
 * Throws {@link PickNeeded}, {@link RefusedError}, or a FeishuError, of the kind `unreadable` when that is the skill.
 */
export const resolveSkill = async (helpdesk: Helpdesk, text: string): Promise<Skill> =>
  (await resolveFirst(helpdesk, text, [])).skill;

/**
 * The skill that a word names, or that word with some of those after it, of which `taken` belong to the name: a name of
 * several words need not be quoted. A skill whose whole name is the one word comes first. Throws like
 * {@link resolveSkill}.
 */
export async function resolveFirst(
  helpdesk: Helpdesk,
  word: string,
  following: readonly string[],
): Promise<{ skill: Skill; taken: number }> {
  const id = withoutInvisibleAround(word);
  if (LIKE_AN_ID.test(id)) {
    const skill = await byId(helpdesk, id);
    if (skill) return { skill, taken: 0 };
  }
  const listed = await helpdesk.listSkills();
  // Those that cannot be read have their names too: without them another skill would be taken for the one that is meant.
  const all: Listed[] = [...listed.skills, ...listed.unreadable];
  const taken = wordsOfName(word, following, all);
  const text = [word, ...following.slice(0, taken)].join(' ');
  const fitting = skillsNamed(text, all);
  const candidates = fitting.filter(isReadable);
  const unreadable = fitting.filter((skill) => 'part' in skill);
  const [only] = candidates;
  if (only && fitting.length > 1) throw new PickNeeded(text, candidates, unreadable);
  const [odd] = unreadable;
  if (odd) throw new FeishuError('unreadable', odd.part, { skill: odd });
  if (!only) throw new RefusedError({ kind: 'skill-unknown', text, nearest: nearest(text, listed.skills) });
  return { skill: await helpdesk.getSkill(only.id), taken };
}

type Listed = SkillSummary | UnreadableSkill;

const isReadable = (skill: Listed): skill is SkillSummary => !('part' in skill);

/** How many of the words after the first one make it the whole name of a single skill; the most that do. */
function wordsOfName(word: string, following: readonly string[], skills: readonly Listed[]): number {
  const names = skills.map(({ name }) => folded(name ?? ''));
  if (skills.some(({ id }) => id === withoutInvisibleAround(word)) || names.includes(folded(word))) return 0;
  for (let taken = Math.min(following.length, MAX_WORDS); taken > 0; taken -= 1) {
    const text = folded([word, ...following.slice(0, taken)].join(' '));
    if (names.filter((name) => name === text).length === 1) return taken;
  }
  return 0;
}

/** No name that is typed without quotes has more words after the first one. */
const MAX_WORDS = 20;

async function byId(helpdesk: Helpdesk, text: string): Promise<Skill | undefined> {
  try {
    return await helpdesk.getSkill(SkillId.parse(text));
  } catch (error) {
    if (error instanceof FeishuError && (error.kind === 'not-found' || error.kind === 'bad-request')) return undefined;
    throw error;
  }
}

/** The strictest reading that fits any skill; the last ones take a mark at the end for that of a sentence. */
export function skillsNamed(text: string, skills: readonly Listed[]): Listed[] {
  const id = withoutInvisibleAround(text);
  const wanted = folded(text);
  const nameOf = ({ name }: Listed): string => folded(name ?? '');
  const bare = wanted.replace(/[。.,:;!?、]{1,3}$/u, '');
  const readings: ((skill: Listed) => boolean)[] = [
    (skill) => skill.id === id,
    (skill) => skill.name === text,
    // A text that draws nothing is the beginning of no name.
    (skill) => wanted !== '' && nameOf(skill) === wanted,
    (skill) => wanted !== '' && nameOf(skill).startsWith(wanted),
    (skill) => bare !== '' && (skill.id === bare || nameOf(skill) === bare),
    (skill) => bare !== '' && nameOf(skill).startsWith(bare),
  ];
  for (const reading of readings) {
    const fitting = skills.filter(reading);
    if (fitting.length > 0) return fitting;
  }
  return [];
}

const MAX_NEAREST = 3;

/** Comparing takes time with the product of both lengths: of a long text, a beginning has to do. */
const COMPARED = 200;

/** Skills that may have been meant: those that contain the text, or are spelled alike. */
function nearest(text: string, skills: readonly SkillSummary[]): SkillSummary[] {
  const wanted = folded(text).slice(0, COMPARED);
  if (wanted === '') return [];
  const scored = skills.map((skill) => {
    const name = folded(skill.name).slice(0, COMPARED);
    return {
      skill,
      score: name.includes(wanted) ? 0 : distance(wanted, name) / Math.max(wanted.length, name.length, 1),
    };
  });
  return scored
    .filter(({ score }) => score <= 0.6)
    .sort((a, b) => a.score - b.score)
    .slice(0, MAX_NEAREST)
    .map(({ skill }) => skill);
}

/** The word of a list that was probably meant; undefined when nothing comes near. */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  if (word === '' || words.length === 0) return undefined;
  const compared = word.slice(0, COMPARED);
  const candidate = closest(compared, [...words]);
  return distance(compared, candidate) <= Math.max(1, Math.floor(candidate.length / 3)) ? candidate : undefined;
}

/** One message must not become hundreds of searches. */
const MAX_EMAILS = 100;

/**
 * The people that a command names, mail addresses looked up in one call. Throws a {@link RefusedError} for an address of
 * nobody, or a UsageError for a name beside one that is not its person's.
 */
export async function resolveAgents(people: People, references: readonly AgentReference[]): Promise<Agent[]> {
  const emails = references.flatMap((reference) => ('email' in reference ? [reference.email] : []));
  if (emails.length > MAX_EMAILS) throw new RefusedError({ kind: 'too-large' });
  const found = emails.length > 0 ? await people.byEmail([...new Set(emails)]) : new Map<string, OpenId>();
  const unknown = emails.filter((email) => !found.has(email));
  if (unknown.length > 0) throw new RefusedError({ kind: 'agents-unknown', emails: unknown });
  const names = await namesBesideAddresses(people, references, found);
  const agents = references.flatMap((reference): Agent[] => {
    if ('id' in reference) return [reference];
    const { email } = reference;
    const id = found.get(email);
    if (id === undefined) return [];
    const name = names.get(id);
    return [{ id, name: name === undefined ? email : `${name} <${email}>` }];
  });
  const named = new Map<OpenId, Agent>();
  for (const agent of agents) if (!named.get(agent.id)?.name) named.set(agent.id, agent);
  return [...named.values()];
}
