import { expect } from '@jest/globals';
import type { CallEntry } from 'local-feishu';
import { PEOPLE } from 'local-feishu';
import { AGENTS, RULE_OPTIONS } from 'local-feishu/helpdesk';
import type { ShownCard } from '../../support/shownCard.ts';
import { type Actor, type Saying, type Stage, skillOf } from '../../support/story.ts';

export const DEFAULT = '6941215891786825700';
export const VIP = '6941215891786825756';
export const NETWORK = '6941215891786825757';
export const NIGHT = '6941215891786825758';
export const PRINTERS = '6941215891786825759';
export const ACCOUNTS = '6941215891786825760';
export const ENGLISH = '6941215891786825762';

const idOf = (at: number): string => AGENTS[at]?.openId ?? '';
export const tom = idOf(0);
export const zhang = idOf(1);
export const wang = idOf(2);
export const sara = idOf(3);
export const chen = idOf(4);
export const admin = PEOPLE.admin.openId;
export const owner = PEOPLE.owner.openId;

export const CONFIRM = 'change.confirm';

/** The desk and the platform as in the beginning; what the bot has stored stays. */
export function asInTheBeginning(stage: Stage): void {
  const { desk, settings } = stage.sandbox;
  stage.reset();
  desk.rules.splice(0, desk.rules.length, ...structuredClone(RULE_OPTIONS));
  desk.agents.splice(0, desk.agents.length, ...structuredClone(AGENTS));
  settings.agentsOnly = true;
  settings.operandForm = 'as-sent';
  settings.whenAbsent = 'keep';
}

/** All writes of skills so far, of any kind. */
export const writes = ({ sandbox }: Stage): CallEntry[] =>
  sandbox.calls.all().filter(({ method, route }) => method !== 'GET' && route.includes('/agent_skills'));

/** Says a line that leads to a preview. */
export async function planned(person: Actor, line: string, saying?: Saying): Promise<ShownCard> {
  const preview = await person.says(line, saying);
  expect(preview).toMatchObject({ template: 'orange', actions: [CONFIRM, 'change.cancel'] });
  return preview;
}

/** Presses Confirm of a preview and gives the write that came of it; throws when it was not one. */
export async function confirmed(stage: Stage, person: Actor, preview: ShownCard): Promise<CallEntry> {
  const before = writes(stage).length;
  await person.presses(preview, CONFIRM);
  await preview.becomes('green');
  const [write, ...more] = writes(stage).slice(before);
  if (!write || more.length > 0) throw new Error(`${more.length + (write ? 1 : 0)} writes were sent instead of one`);
  return write;
}

/** Says a line, confirms its preview, and gives what the preview said, the card and the write. */
export async function done(stage: Stage, person: Actor, line: string, saying?: Saying) {
  const card = await planned(person, line, saying);
  const seen = card.text;
  return { seen, card, write: await confirmed(stage, person, card) };
}

/** Says a line and expects that nothing is planned: a red card. */
export async function refused(person: Actor, line: string, saying?: Saying): Promise<ShownCard> {
  const card = await person.says(line, saying);
  expect(card.template).toBe('red');
  expect(card.actions).not.toContain(CONFIRM);
  return card;
}

/** The id that a card of a change tells, to be typed by somebody. */
export function changeIdIn(card: ShownCard): string {
  const [, id] = /Change ([0-9A-Z]{26})/.exec(card.text) ?? [];
  if (id === undefined) throw new Error(`the card "${card.title}" names no change`);
  return id;
}

export const rulesOf = (stage: Stage, id: string) =>
  skillOf(stage, id).rules.map(({ id: rule, selectedOperator, operand }) => ({ id: rule, selectedOperator, operand }));
