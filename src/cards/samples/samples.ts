import { LoginEnding } from '../../domain/delivery.ts';
import { SkillPart } from '../../domain/unreadable.ts';
import { phrase, verbatim } from '../../lib/phrase.ts';
import { agentsCard } from '../agents.ts';
import { namesOf } from '../describe.ts';
import { type Field, formCard } from '../form.ts';
import { commandHelpCard, helpCard } from '../help.ts';
import { type CardJson, toast } from '../kit.ts';
import { type LoginReason, loggedOutCard, loginCard, loginEndedCard, whoAmICard } from '../login.ts';
import { noticeCard } from '../notice.ts';
import {
  failureCard,
  internalErrorCard,
  notAllowedCard,
  otherCompanyCard,
  pointlessCard,
  refusalCard,
  setAsideCard,
  viewGoneCard,
} from '../refused.ts';
import { listCard, pickCard, rulesCard, skillCard } from '../skills.ts';
import { unreadableCard } from '../unreadable.ts';
import { usageCard, usageWords } from '../usage.ts';
import { valuePickCard } from '../valuePick.ts';
import { workingCard } from '../working.ts';
import { CHANGE_CARDS, eachOf } from './changes.ts';
import { pointlessOf, refusalsOf } from './refusals.ts';
import { AT, rules, type SampleSubjects, skillOf, type Variants, viewId } from './subjects.ts';
import { USAGE_PROBLEMS } from './usage.ts';

export type { SampleSubjects } from './subjects.ts';

/** A card as the bot posts it, and which one it is: its function, and what tells it from others of that function. */
export interface SampleCard {
  name: string;
  card: CardJson;
}

const TYPED = '/skill rename VPI';
const FAILURE = { kind: 'no-access', code: 154003, message: 'no access', logId: '20261123075443341A6A31E678352CE615' };
const ACTIONS = [{ command: 'rename', label: phrase('改名', 'Rename') }];

/**
 * Every function that makes a card, with samples of what it makes. A test compares the names with what the modules of
 * `cards/` export, so that no card is forgotten.
 */
const SAMPLES = {
  ...CHANGE_CARDS,
  agentsCard: (subjects) => {
    const hours = [{ days: 'weekdays' as const, from: '09:00', to: '18:00' }];
    const known = { email: 'lin.xiao@example.com', department: 'IT', status: 'off-duty' as const, hours };
    const row = { id: subjects.person, agent: { id: subjects.person, ...known }, skills: [skillOf(subjects)] };
    const rows = [row, { ...row, agent: undefined, skills: [] }];
    const unreadable = { agents: 1, skills: [ODD] };
    const list = { viewId, rows, page: 1, pages: 2, total: 20, showsHours: false, unreadable };
    return { '': agentsCard(list), 'with hours': agentsCard({ ...list, showsHours: true }) };
  },
  commandHelpCard: ({ commands }) =>
    Object.fromEntries(commands.map((command) => [command.name, commandHelpCard(command)])),
  failureCard: () => ({
    '': failureCard(FAILURE),
    'with a check': failureCard({ kind: 'access-policy', message: 'check first' }, 'https://example.com/check'),
    unreadable: failureCard({ kind: 'unreadable', message: 'rules' }),
  }),
  formCard: (subjects) => ({
    '': form(subjects, false),
    'with an error': form(subjects, true),
  }),
  helpCard: ({ commands }) => ({ 'with buttons': helpCard(commands, viewId), 'in a group': helpCard(commands) }),
  internalErrorCard: () => ({ '': internalErrorCard('01ARZ3NDEKTSV4RRFFQ69G5FAV') }),
  listCard: (subjects) => {
    const page = { viewId, skills: [skillOf(subjects)], page: 2, pages: 3, total: 25, unreadable: [ODD] };
    return { all: listCard({ ...page, text: '' }), filtered: listCard({ ...page, text: 'VIP', skills: [] }) };
  },
  loggedOutCard: () => ({ 'was logged in': loggedOutCard(true), 'was not': loggedOutCard(false) }),
  loginCard: ({ person }) =>
    eachOf(REASONS, (userCode, reason) =>
      loginCard({
        actorId: person,
        url: 'https://example.com/login',
        userCode,
        validMs: 600_000,
        reason,
        continues: true,
      }),
    ),
  loginEndedCard: ({ person }) =>
    Object.fromEntries(LoginEnding.options.map((ending) => [ending, loginEndedCard(person, ending)])),
  notAllowedCard: () => ({ '': notAllowedCard() }),
  noticeCard: () => ({ '': noticeCard(toast('error', phrase('没有完成', 'Not done'))) }),
  otherCompanyCard: () => ({ '': otherCompanyCard() }),
  pickCard: (subjects) => ({ '': pickCard(viewId, 'V', [skillOf(subjects)], [ODD]) }),
  pointlessCard: (subjects) => {
    const { name, agents } = skillOf(subjects);
    return eachOf(pointlessOf(subjects), (why) => pointlessCard(name, why, namesOf(agents)));
  },
  refusalCard: (subjects) => eachOf(refusalsOf(subjects), (refusal) => refusalCard(refusal, viewId)),
  rulesCard: (subjects) => ({
    '': rulesCard({ viewId, skill: skillOf(subjects), rules, page: 1, pages: 2, actions: ACTIONS }),
    empty: rulesCard({ viewId, skill: skillOf(subjects), rules: [], page: 1, pages: 1, actions: ACTIONS }),
  }),
  setAsideCard: () => ({ '': setAsideCard('01ARZ3NDEKTSV4RRFFQ69G5FAV') }),
  skillCard: (subjects) => ({ '': skillCard(skillOf(subjects), viewId, ACTIONS) }),
  unreadableCard: () => Object.fromEntries(SkillPart.options.map((part) => [part, unreadableCard({ ...ODD, part })])),
  usageCard: ({ commands: [command] }) =>
    eachOf(USAGE_PROBLEMS, (problem) =>
      usageCard(usageWords(problem, 'rename'), TYPED, command, command && { command: command.name, viewId }),
    ),
  valuePickCard: (subjects) => {
    const { id, name } = skillOf(subjects);
    const value = { id: 'od-7c1e0b9fa2d34e58b6071829304a5b6c', name: 'IT' };
    const candidates = [
      { ...value, from: { kind: 'offer' as const } },
      { ...value, id: 'od-2', from: { kind: 'rule' as const, skill: { id, name } } },
    ];
    return { '': valuePickCard(viewId, { text: 'IT', condition: phrase('部门', 'Department'), candidates }) };
  },
  viewGoneCard: () => ({ '': viewGoneCard() }),
  whoAmICard: ({ person }) => {
    const grant = { name: 'Lin', grantedAt: AT, until: AT + 86_400_000 };
    const standings = {
      none: 'none',
      dead: 'dead',
      unreadable: 'unreadable',
      'renewed by itself': { ...grant, renewal: 'automatic' },
      'not renewable': { ...grant, renewal: 'not-granted' },
      'renewed no more': { ...grant, renewal: 'over' },
    } as const;
    return eachOf(standings, (standing) => whoAmICard(person, standing));
  },
  workingCard: () => ({ '': workingCard() }),
} satisfies Record<string, (subjects: SampleSubjects) => Variants>;

/** The names of the functions that have samples. */
export const SAMPLED: readonly string[] = Object.keys(SAMPLES);

/** One of every kind of card that the bot posts. */
export const sampleCards = (subjects: SampleSubjects): SampleCard[] =>
  Object.entries(SAMPLES).flatMap(([name, samples]) =>
    Object.entries<CardJson>(samples(subjects)).map(([variant, card]) => ({
      name: variant === '' ? name : `${name} (${variant})`,
      card,
    })),
  );

const ODD = { id: '6941215891786825757', name: '网络支持', part: 'rules' as const };

/** With the code that Feishu's page shows, or without. */
const REASONS: Readonly<Record<LoginReason, string | undefined>> = {
  asked: undefined,
  'first-time': 'ABCD-EFGH',
  'grant-dead': undefined,
  'scope-missing': undefined,
  'not-renewable': undefined,
};

function form({ person }: SampleSubjects, failed: boolean): CardJson {
  const label = verbatim('label');
  const choice = { kind: 'choice', name: 'choice', label, options: [{ value: '0', text: label }], value: '0' } as const;
  const fields: { [K in Field['kind']]: Field & { kind: K } } = {
    choice,
    text: { kind: 'text', name: 'text', label, hint: label, value: 'VIP', maxLength: 200 },
    people: { kind: 'people', name: 'people', label, options: [person], values: [person] },
  };
  const steps = [{ ...choice, name: 'step' }];
  const model = { title: label, writes: true, intro: [], steps, fields: Object.values(fields) };
  return formCard({ command: 'rename', viewId }, model, failed ? usageWords(USAGE_PROBLEMS.missing) : undefined);
}
