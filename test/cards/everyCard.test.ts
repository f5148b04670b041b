import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { agentsCard } from '../../src/cards/agents.ts';
import { changeCard } from '../../src/cards/change/card.ts';
import { type Field, formCard } from '../../src/cards/form.ts';
import { commandHelpCard, helpCard } from '../../src/cards/help.ts';
import { historyCard } from '../../src/cards/history.ts';
import { loginCard, loginEndedCard, whoAmICard } from '../../src/cards/login.ts';
import { asText, peopleIn, withoutChips } from '../../src/cards/otherForms.ts';
import { otherCompanyCard, type Refusal, refusalCard } from '../../src/cards/refused.ts';
import { listCard, pickCard, rulesCard, skillCard } from '../../src/cards/skills.ts';
import { notUndoableCard } from '../../src/cards/undo.ts';
import { unreadableCard } from '../../src/cards/unreadable.ts';
import { type UsageProblem, usageCard, usageWords } from '../../src/cards/usage.ts';
import { valuePickCard } from '../../src/cards/valuePick.ts';
import { COMMANDS } from '../../src/commands/registry.ts';
import type { Pointless } from '../../src/domain/apply.ts';
import type { Change, ChangeStatus, Outcome } from '../../src/domain/change.ts';
import { LoginEnding } from '../../src/domain/delivery.ts';
import type { Difference } from '../../src/domain/diff.ts';
import { ChangeId, ChatId, MessageId, OpenId, SkillId, ViewId } from '../../src/domain/ids.ts';
import type { Intent } from '../../src/domain/intent.ts';
import type { ValueSource } from '../../src/domain/operand.ts';
import type { Remark } from '../../src/domain/remark.ts';
import type { Agent, Rule, Skill, SkillContent } from '../../src/domain/skill.ts';
import { SkillPart, type UnreadableSkill } from '../../src/domain/unreadable.ts';
import { unwritableIn } from '../../src/domain/writable.ts';
import { type Phrase, verbatim } from '../../src/lib/phrase.ts';
import { checkCard, checkText } from '../support/checkCard.ts';
import { markupIn } from '../support/shownCard.ts';

const viewId = ViewId.parse('0'.repeat(26));
const changeId = ChangeId.parse('1'.repeat(26));

/** Names as people give them, and as they should not: blank, with controls, with markup, of 200 characters. */
const anyName = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.repeat(7)),
  fc.constantFrom(
    '',
    ' ',
    '\u200b',
    '\u202e',
    '👨‍👩‍👧‍👦'.repeat(25),
    '技'.repeat(200),
    'שלום '.repeat(40),
    '*_`[](<>&'.repeat(22),
  ),
);
const anyPerson = fc.integer({ min: 0, max: 10 ** 9 }).map((at) => OpenId.parse(`ou_${String(at).padStart(32, '0')}`));
const many = fc.constantFrom<'small' | 'medium' | 'xlarge'>('small', 'medium', 'xlarge');
const people = (most: number) => many.chain((size) => fc.uniqueArray(anyPerson, { maxLength: most, size }));
const anyOperand = fc.oneof(
  fc.tuple(fc.string({ unit: 'grapheme', maxLength: 10 }), fc.nat(300)).map(([text, times]) => text.repeat(times)),
  fc.jsonValue({ maxDepth: 2 }),
);
const anyRule: fc.Arbitrary<Rule> = fc
  .record(
    {
      id: fc.constantFrom('3', '9', '10', '11', '12', '17', '99'),
      selectedOperator: fc.constantFrom(2, 5, 7, 8, 42),
      operatorOptions: fc.array(fc.nat(50), { maxLength: 5 }),
      operand: anyOperand.map((operand): Rule['operand'] => JSON.parse(JSON.stringify(operand))),
      displayName: anyName,
    },
    { requiredKeys: ['id'] },
  )
  .map((rule) => rule);
const rules = fc.array(anyRule, { maxLength: 50, size: 'medium' });
const veryManyRules = fc.array(anyRule, { minLength: 200, maxLength: 300, size: 'xlarge' });
const fewRules = fc.array(anyRule, { maxLength: 20, size: 'medium' });
const anyContent: fc.Arbitrary<SkillContent> = fc.record({ name: anyName, rules, agentIds: people(300) });
const named = (ids: readonly OpenId[]): Agent[] =>
  ids.map((id, at) => ({ id, name: at % 3 === 0 ? '' : `Agent ${id}` }));
const anySkillId = fc.bigInt({ min: 10n ** 18n, max: 10n ** 19n - 1n }).map((id) => SkillId.parse(String(id)));
const anySkill: fc.Arbitrary<Skill> = fc
  .tuple(anyContent, anySkillId, fc.boolean())
  .map(([content, id, isDefault]) => ({ ...content, id, isDefault, agents: named(content.agentIds) }));
const anyRuled: fc.Arbitrary<Skill> = fc
  .tuple(anySkill, veryManyRules)
  .map(([skill, many]) => ({ ...skill, rules: many }));
const anySummaries = fc.array(anySkill, { maxLength: 30, size: 'xlarge' });

const anyOddSkill: fc.Arbitrary<UnreadableSkill> = fc.record({
  id: fc.option(anySkillId, { nil: undefined }),
  name: fc.option(anyName, { nil: undefined }),
  part: fc.constantFrom(...SkillPart.options),
});
const anyOddSkills = fc.array(anyOddSkill, { maxLength: 300, size: 'xlarge' });

const anyDifferences: fc.Arbitrary<Difference[]> = fc
  .tuple(anyName, anyName, people(150), people(150), fewRules, fewRules)
  .map(([before, after, joined, gone, added, removed]) => [
    { field: 'name', before, after },
    { field: 'agentIds', added: joined, removed: gone },
    { field: 'rules', added, removed },
  ]);

const anyRemark: fc.Arbitrary<Remark> = fc.oneof(
  people(20).map((agentIds): Remark => ({ kind: 'already-there', agentIds })),
  people(20).map((agentIds): Remark => ({ kind: 'not-there', agentIds })),
  people(20).map((agentIds): Remark => ({ kind: 'not-agents', agentIds })),
  anyDifferences.map((kept): Remark => ({ kind: 'kept-since', kept })),
  anyDifferences.map((differences): Remark => ({ kind: 'changed-meanwhile', differences })),
  fc.array(anySkillId, { maxLength: 5 }).map((skills): Remark => ({ kind: 'same-name', skills })),
  fc
    .array(fc.record({ id: anyName, name: anyName, skill: fc.record({ id: anySkillId, name: anyName }) }), {
      maxLength: 3,
    })
    .map((values): Remark => ({ kind: 'named-by-rules', values })),
  fc.constantFrom<Remark>({ kind: 'nobody-left' }, { kind: 'operand-guessed' }, { kind: 'new-id' }),
);

const INTENTS: Intent[] = [
  { kind: 'rename', name: 'x' },
  { kind: 'add-rule', rule: { id: '3' } },
  { kind: 'delete' },
  { kind: 'undo', change: changeId, differences: [] },
];
const STATUSES: ChangeStatus[] = [
  'pending',
  'applying',
  'applied',
  'failed',
  'mismatch',
  'cancelled',
  'expired',
  'conflicted',
];
const anyOutcome: fc.Arbitrary<Outcome> = fc.record(
  {
    differences: anyDifferences,
    failure: fc.record({ kind: fc.constantFrom('bad-request', 'no-access', 'what'), message: anyName }),
    logId: fc.constant('20261123075443341A6A31E678352CE615'),
    repaired: fc.boolean(),
    settled: fc.boolean(),
    why: fc.constantFrom<NonNullable<Outcome['why']>>('by-actor', 'login-needed'),
  },
  { requiredKeys: [] },
);

const anyChange: fc.Arbitrary<Change> = fc
  .record({
    intent: fc.constantFrom(...INTENTS),
    status: fc.constantFrom(...STATUSES),
    skillName: anyName,
    base: fc.option(anyContent, { nil: undefined }),
    target: anyContent,
    isDelete: fc.boolean(),
    remarks: fc.array(anyRemark, { maxLength: 3 }),
    outcome: anyOutcome,
    actorId: anyPerson,
  })
  .map(({ isDelete, target, base, ...change }) => ({
    ...change,
    id: changeId,
    requestKey: 'request',
    skillId: base && SkillId.parse('6941215891786825756'),
    chatId: ChatId.parse('oc_chat'),
    sourceMessageId: MessageId.parse('om_source'),
    cardMessageId: undefined,
    base: isDelete ? (base ?? target) : base,
    target: isDelete ? undefined : target,
    people: named(target.agentIds),
    undoOf: undefined,
    createdAt: 1_760_000_000_000,
    expiresAt: 1_760_000_600_000,
    settledAt: 1_760_000_100_000,
    attempted: false,
  }));

const REFUSAL = { code: 100290, logId: '20261123075443341A6A31E678352CE615' };

/** A card, and what is shown when Feishu refuses it: without chips, and as a text. */
function checkForms(card: Record<string, unknown>, what: string): void {
  checkCard(card, what);
  const ids = peopleIn(card);
  const names = new Map(
    ids.filter((_, at) => at % 2 === 0).map((id, at) => [id, at === 0 ? '<at id=all></at>' : `N ${at}`]),
  );
  const withNames = withoutChips(card, names);
  if (withNames) {
    checkCard(withNames, `${what}, without chips`);
    expect(JSON.stringify(withNames)).not.toContain('"tag":"person_list"');
    expect(markupIn(withNames).join()).not.toMatch(/<(?:at|person)/);
    expect(peopleIn(withNames)).toEqual([]);
  }
  if (ids.length === 0) expect(withNames).toBeUndefined();
  const text = asText(card, names, REFUSAL);
  checkText(text);
  for (const id of ids) expect(text.includes(id) || names.has(id) || isOnlyOffered(card, id)).toBe(true);
}

/** Fields of a form are no part of the text. */
const isOnlyOffered = (card: Record<string, unknown>, id: string): boolean =>
  JSON.stringify(card).includes(`{"value":"${id}"}`);

const good = <T>(
  what: string,
  anything: fc.Arbitrary<T>,
  cardOf: (value: T) => Record<string, unknown>,
  numRuns = 25,
) =>
  it(what, () => {
    fc.assert(
      fc.property(anything, (value) => checkForms(cardOf(value), what)),
      // Shrinking something this large takes minutes and tells little.
      { numRuns, endOnFailure: true },
    );
  });

describe('every card is one that Feishu takes, whatever is on it', () => {
  good(
    'a change',
    fc.tuple(anyChange, fc.option(anyChange, { nil: undefined }), fc.boolean(), fc.boolean()),
    ([change, next, isUndone, isWaiting]) =>
      changeCard(change, {
        next: next && { ...next, status: 'pending' },
        undoneBy: isUndone ? change.id : undefined,
        isWaiting,
      }),
  );
  good('a page of the history', fc.array(anyChange, { maxLength: 5 }), (changes) =>
    historyCard({
      viewId,
      changes,
      page: 2,
      more: true,
      about: changes[0]?.skillName,
      undone: new Map(changes.slice(2).map(({ id }) => [id, id])),
    }),
  );
  good('a skill', anySkill, (skill) => skillCard(skill, viewId, [{ command: 'rename', label: verbatim('x') }]));
  good('a skill with very many rules', anyRuled, (skill) =>
    skillCard(skill, viewId, [{ command: 'rename', label: verbatim('x') }]),
  );
  good('the rules of a skill', anySkill, (skill) =>
    rulesCard({ viewId, skill, rules: skill.rules.slice(0, 50), page: 2, pages: 3, actions: [] }),
  );
  good('a page of the list', fc.tuple(anySummaries, anyName), ([skills, text]) =>
    listCard({ viewId, text, skills: skills.slice(0, 10), page: 2, pages: 3, total: 25, unreadable: [] }),
  );
  good('a page of a list with odd rows', fc.tuple(anySummaries, anyOddSkills), ([skills, unreadable]) =>
    listCard({ viewId, text: '', skills: skills.slice(0, 10), page: 2, pages: 3, total: 25, unreadable }),
  );
  good('a picker', fc.tuple(anySummaries, anyName, anyOddSkills), ([skills, text, odd]) =>
    pickCard(viewId, text, skills, odd),
  );
  const anySource: fc.Arbitrary<ValueSource> = fc.oneof(
    fc.constant<ValueSource>({ kind: 'offer' }),
    fc.record({ id: anySkillId, name: anyName }).map((skill): ValueSource => ({ kind: 'rule', skill })),
  );
  const anyKnown = fc.array(fc.record({ id: anyName, name: anyName, from: anySource }), {
    minLength: 2,
    maxLength: 30,
  });
  good('a picker of values', fc.tuple(anyKnown, anyName), ([candidates, text]) =>
    valuePickCard(viewId, { text, condition: verbatim(text), candidates }),
  );
  good('a skill that cannot be read', anyOddSkill, unreadableCard);
  const hours = ([1, 2, 3, 4, 5, 6, 7] as const).map((days) => ({ days, from: `0${days}:00`, to: '24:00' }));
  good(
    'a page of the agents',
    fc.tuple(fc.array(fc.tuple(anyPerson, anySummaries), { maxLength: 15 }), anyOddSkills, anyName, fc.boolean()),
    ([rows, odd, department, showsHours]) =>
      agentsCard({
        viewId,
        rows: rows.map(([id, skills], at) => ({
          id,
          agent: at % 3 > 0 ? { id, department, ...(at % 2 > 0 && { email: `${id}@example.com`, hours }) } : undefined,
          skills,
        })),
        page: 1,
        pages: 2,
        total: 20,
        showsHours,
        unreadable: { agents: 3, skills: odd },
      }),
  );

  const anyField: fc.Arbitrary<Field> = fc.oneof(
    fc.tuple(fc.array(anyName, { minLength: 1, maxLength: 60, size: 'large' }), fc.nat(70)).map(
      ([names, at]): Field => ({
        kind: 'choice',
        name: 'choice',
        label: verbatim('choice'),
        options: names.map((name, value) => ({ value: String(value), text: verbatim(name) })),
        value: String(at),
      }),
    ),
    anyName.map(
      (value): Field => ({
        kind: 'text',
        name: 'text',
        label: verbatim('text'),
        hint: verbatim('hint'),
        value,
        maxLength: 1000,
      }),
    ),
    people(300).map(
      (ids): Field => ({
        kind: 'people',
        name: 'people',
        label: verbatim('who'),
        options: ids,
        values: ids.slice(0, 200),
      }),
    ),
  );
  const anyFields = fc.uniqueArray(anyField, { maxLength: 3, selector: ({ name }) => name });
  good('a form', fc.tuple(anyFields, anyFields), ([steps, fields]) =>
    formCard(
      { command: 'rename', viewId },
      {
        title: verbatim('form'),
        writes: fields.length > 1,
        intro: [],
        steps: steps.flatMap((step) => (step.kind === 'choice' ? [{ ...step, name: 'step' }] : [])),
        fields,
      },
    ),
  );

  const anyPointless: fc.Arbitrary<Pointless> = fc.oneof(
    anyName.map((name): Pointless => ({ kind: 'name-unchanged', name })),
    people(300).map((agentIds): Pointless => ({ kind: 'agents-already-there', agentIds })),
    people(300).map((agentIds): Pointless => ({ kind: 'agents-not-there', agentIds })),
    anyRule.map((rule): Pointless => ({ kind: 'rule-already-there', rule })),
    anyRule.map((rule): Pointless => ({ kind: 'rule-unchanged', rule })),
    anyDifferences.map((kept): Pointless => ({ kind: 'nothing-left-to-undo', kept })),
    fc.constantFrom<Pointless>({ kind: 'rule-gone' }, { kind: 'agents-unchanged' }),
  );
  const anyRefusal: fc.Arbitrary<Refusal> = fc.oneof(
    fc
      .tuple(anyName, anySummaries)
      .map(([text, near]): Refusal => ({ kind: 'skill-unknown', text, nearest: near.slice(0, 3) })),
    fc
      .tuple(anyName, anyPointless)
      .map(([skillName, why]): Refusal => ({ kind: 'pointless', skillName, people: [], why })),
    anySkill.map((skill): Refusal => ({ kind: 'rule-unknown', skill, condition: verbatim('x') })),
    anySkill.map((skill): Refusal => ({ kind: 'rule-ambiguous', skill, rules: skill.rules })),
    anySkill.map((skill): Refusal => ({ kind: 'default-skill', skill })),
    anySkill.map((skill): Refusal => ({ kind: 'no-agents', skill })),
    anyName.map((text): Refusal => ({ kind: 'change-unknown', text })),
    fc.constantFrom<Refusal>({ kind: 'nothing-to-undo' }, { kind: 'too-large' }),
    fc.array(anyName, { maxLength: 50 }).map((emails): Refusal => ({ kind: 'agents-unknown', emails })),
  );
  good('a refusal of somebody of another company', fc.constant(undefined), otherCompanyCard, 1);
  good('a refusal', anyRefusal, (refusal) => refusalCard(refusal, viewId), 50);
  good('a rule that is not there among very many', anyRuled, (skill) =>
    refusalCard({ kind: 'rule-unknown', skill, condition: verbatim('x') }),
  );
  good('a rule that is there very often', anyRuled, (skill) =>
    refusalCard({ kind: 'rule-ambiguous', skill, rules: skill.rules }),
  );
  good('an undo that cannot be', fc.tuple(anyChange, anyPointless), ([change, why]) =>
    notUndoableCard({ kind: 'pointless', change, why }),
  );

  const anyTyped = fc.oneof(anyName, fc.constantFrom('1'.repeat(20_000), '长'.repeat(20_000)));
  const anyProblem: fc.Arbitrary<UsageProblem> = fc.oneof(
    anyTyped.map((text): UsageProblem => ({ kind: 'unknown-command', text })),
    anyTyped.map((text): UsageProblem => ({ kind: 'surplus', text })),
    anyTyped.map((text): UsageProblem => ({ kind: 'bad-page', text })),
    anyTyped.map((text): UsageProblem => ({ kind: 'surplus', text, row: 3 })),
    fc
      .array(fc.record({ text: anyTyped, row: fc.constantFrom(undefined, 2, 1000) }), { minLength: 1, maxLength: 50 })
      .map((pieces): UsageProblem => ({ kind: 'not-an-agent', pieces })),
    anyTyped.map((name): UsageProblem => ({ kind: 'no-identity', name })),
    anyTyped.map((text): UsageProblem => ({ kind: 'no-name', text })),
    anyTyped.map((text): UsageProblem => ({ kind: 'heading', text })),
    fc
      .array(fc.oneof(fc.constantFrom('img', 'media', ''), fc.string({ maxLength: 40 })), {
        minLength: 1,
        maxLength: 5,
      })
      .map((parts): UsageProblem => ({ kind: 'unread', parts })),
    anyTyped.map((name): UsageProblem => ({ kind: 'other-company', name })),
    fc.tuple(anyTyped, rules).map(([text, options]): UsageProblem => ({ kind: 'unknown-condition', text, options })),
    fc.tuple(anyTyped, rules).map(([text, options]): UsageProblem => ({ kind: 'ambiguous-condition', text, options })),
    fc
      .tuple(anyTyped, fc.string({ unit: 'binary' }), fc.constantFrom<'name' | 'value'>('name', 'value'))
      .map(([before, after, what]): UsageProblem => {
        const text = `${before}\u200e${after}`;
        return { kind: 'not-writable', what, text, found: unwritableIn(text) };
      }),
    anyTyped.map((text): UsageProblem => ({ kind: 'unknown-operator', text, offered: [2, 42] })),
    anyTyped.map((text): UsageProblem => ({ kind: 'operator-not-offered', text, offered: [] })),
    fc
      .tuple(anyTyped, fc.array(anyName.map(verbatim), { maxLength: 30 }))
      .map(([text, known]): UsageProblem => ({ kind: 'bad-value', text, expected: 'department', known })),
  );
  good('a usage error', fc.tuple(anyProblem, anyName, fc.constantFrom(...COMMANDS)), ([problem, line, command]) =>
    usageCard(usageWords(problem), `/skill ${line}`, command, { command: command.name, viewId }),
  );

  it('a usage error that lists the longest names', () => {
    const known = Array<Phrase>(30).fill(verbatim('\u{e0001}'.repeat(100)));
    const problem: UsageProblem = { kind: 'bad-value', text: '\u{e0001}'.repeat(100), expected: 'department', known };
    checkForms(usageCard(usageWords(problem), '\u{e0001}'.repeat(100), COMMANDS[0]), 'the longest names');
  });

  it('help', () => {
    checkForms(helpCard(COMMANDS, viewId), 'help');
    checkForms(helpCard(COMMANDS), 'help in a group');
    for (const command of COMMANDS) checkForms(commandHelpCard(command), `help for ${command.name}`);
  });

  good('a login', fc.tuple(anyPerson, anyName), ([actorId, name]) => {
    const offer = {
      actorId,
      url: 'https://example.com/x',
      validMs: 600_000,
      reason: 'first-time',
      continues: true,
    } as const;
    checkForms(loginCard(offer), 'login');
    checkForms(loginCard({ ...offer, userCode: name }), 'login with a code');
    for (const ending of LoginEnding.options)
      checkForms(loginEndedCard(actorId, ending), `login that ended: ${ending}`);
    for (const standing of ['none', 'dead', 'scope-missing', 'unreadable'] as const) {
      checkForms(whoAmICard(actorId, standing), `whoami: ${standing}`);
    }
    const inForce = { name, grantedAt: 1_760_000_000_000, until: 1_760_600_000_000 };
    for (const renewal of ['not-granted', 'over'] as const) {
      checkForms(whoAmICard(actorId, { ...inForce, renewal }), `whoami: ${renewal}`);
      checkForms(loginEndedCard(actorId, 'done', { ...inForce, renewal }), `logged in: ${renewal}`);
    }
    return whoAmICard(actorId, { ...inForce, renewal: 'automatic' });
  });
});
