import { closest, distance } from 'fastest-levenshtein';
import { FeishuError } from '../../feishu/errors.ts';
import type { Helpdesk } from '../../feishu/helpdesk.ts';
import type { People } from '../../feishu/people.ts';
import { type OpenId, SkillId } from '../../skills/ids.ts';
import type { Agent, Skill, SkillSummary } from '../../skills/skill.ts';
import { PickNeeded, RefusedError } from '../errors.ts';
import type { AgentReference } from '../parse/arguments.ts';

/** Ids in documents have 19 digits; a text like that is looked up as an id first, without the list. */
const LIKE_AN_ID = /^\d{15,32}$/;

/**
 * The skill that a text names: an id, an exact name, or an unambiguous beginning of one.
 * Throws {@link PickNeeded} or {@link RefusedError}.
 */
export async function resolveSkill(helpdesk: Helpdesk, text: string): Promise<Skill> {
  if (LIKE_AN_ID.test(text)) {
    const skill = await byId(helpdesk, text);
    if (skill) return skill;
  }
  const skills = await helpdesk.listSkills();
  const candidates = skillsNamed(text, skills);
  const [only] = candidates;
  if (!only) throw new RefusedError({ kind: 'skill-unknown', text, nearest: nearest(text, skills) });
  if (candidates.length > 1) throw new PickNeeded(text, candidates);
  return helpdesk.getSkill(only.id);
}

async function byId(helpdesk: Helpdesk, text: string): Promise<Skill | undefined> {
  try {
    return await helpdesk.getSkill(SkillId.parse(text));
  } catch (error) {
    if (error instanceof FeishuError && (error.kind === 'not-found' || error.kind === 'bad-request')) return undefined;
    throw error;
  }
}

const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

/** The strictest reading that fits any skill. */
export function skillsNamed(text: string, skills: readonly SkillSummary[]): SkillSummary[] {
  const wanted = folded(text);
  const readings: ((skill: SkillSummary) => boolean)[] = [
    (skill) => skill.id === text,
    (skill) => skill.name === text,
    (skill) => folded(skill.name) === wanted,
    (skill) => folded(skill.name).startsWith(wanted),
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

/** The people that a command names, mail addresses looked up in one call. Throws {@link RefusedError}. */
export async function resolveAgents(people: People, references: readonly AgentReference[]): Promise<Agent[]> {
  const emails = references.flatMap((reference) => ('email' in reference ? [reference.email] : []));
  if (emails.length > MAX_EMAILS) throw new RefusedError({ kind: 'too-large' });
  const found = emails.length > 0 ? await people.byEmail([...new Set(emails)]) : new Map<string, OpenId>();
  const unknown = emails.filter((email) => !found.has(email));
  if (unknown.length > 0) throw new RefusedError({ kind: 'agents-unknown', emails: unknown });
  const agents = references.flatMap((reference): Agent[] => {
    if ('id' in reference) return [reference];
    const id = found.get(reference.email);
    return id ? [{ id, name: reference.email }] : [];
  });
  const named = new Map<OpenId, Agent>();
  for (const agent of agents) if (!named.get(agent.id)?.name) named.set(agent.id, agent);
  return [...named.values()];
}
