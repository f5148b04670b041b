import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readSkill, readSummaries } from '../../src/feishu/rows.ts';
import { skillOf } from './domain.ts';

const TOM = 'ou_tom';
const GOOD = { id: '6941215891786825756', name: 'VIP', agent_ids: [TOM], is_default: false };
const RULE = {
  id: '3',
  selected_operator: 5,
  operator_options: [5, 6],
  operand: 'x',
  category: 3,
  display_name: '城市',
};
const WHOLE = { ...GOOD, rules: [RULE], agents: [{ id: TOM, name: 'Tom' }] };

const nested = (depth: number): unknown => {
  let value: unknown = 'x';
  for (let at = 0; at < depth; at += 1) value = [value];
  return value;
};

describe('what says the same in another form is read', () => {
  it.each([
    ['an agent twice', { agent_ids: [TOM, 'ou_sara', TOM] }, { agent_ids: [TOM, 'ou_sara'] }],
    ['an agent by number', { agent_ids: [7, TOM] }, { agent_ids: ['7', TOM] }],
    ['an id as a number', { id: 42 }, { id: '42' }],
    ['the word false', { is_default: 'false' }, { is_default: false }],
    ['the word true', { is_default: 'true' }, { is_default: true }],
    ['no agents', { agent_ids: null }, { agent_ids: [] }],
    [
      'an operator as text',
      { rules: [{ ...RULE, selected_operator: '8' }] },
      { rules: [{ ...RULE, selected_operator: 8 }] },
    ],
    ['operators as text', { rules: [{ ...RULE, operator_options: ['5', 6] }] }, { rules: [RULE] }],
    ['a condition as a number', { rules: [{ ...RULE, id: 3 }] }, { rules: [RULE] }],
    [
      'a name of a rule that is none',
      { rules: [{ ...RULE, display_name: 7 }] },
      { rules: [{ ...RULE, display_name: undefined }] },
    ],
    [
      'names that are none',
      { agents: [null, 'x', { id: 'a b', name: 'x' }, { id: TOM, name: 7 }] },
      { agents: [{ id: TOM, name: '' }] },
    ],
    ['no list of names', { agents: 'none' }, { agents: [] }],
    ['what no document names', { colour: 'red' }, {}],
    [
      'an operand that is nested',
      { rules: [{ ...RULE, operand: nested(50) }] },
      { rules: [{ ...RULE, operand: nested(50) }] },
    ],
  ])('%s', (_what, given, read) => {
    expect(readSkill({ ...WHOLE, ...given })).toEqual({ kind: 'read', value: skillOf({ ...WHOLE, ...read }) });
  });
});

describe('what is not certain is not read', () => {
  it.each([
    ['an empty agent', { agent_ids: [''] }, 'agents'],
    ['no agent in the list', { agent_ids: [TOM, null] }, 'agents'],
    ['an agent with a blank', { agent_ids: ['a b'] }, 'agents'],
    ['an agent that is an object', { agent_ids: [{ id: TOM }] }, 'agents'],
    ['an agent beyond what a number can hold', { agent_ids: [2 ** 60] }, 'agents'],
    ['half an agent', { agent_ids: [1.5] }, 'agents'],
    ['agents as one text', { agent_ids: TOM }, 'agents'],
    ['a name that is a number', { name: 7 }, 'name'],
    ['no id', { id: undefined }, 'id'],
    ['an id that leads elsewhere', { id: '../x' }, 'id'],
    ['a word for the default', { is_default: 'yes' }, 'default'],
    ['a number for the default', { is_default: 0 }, 'default'],
    ['rules that are no list', { rules: { 0: RULE } }, 'rules'],
    ['no rule in the list', { rules: [RULE, null] }, 'rules'],
    ['a rule without a condition', { rules: [{ ...RULE, id: null }] }, 'rules'],
    ['an operator in words', { rules: [{ ...RULE, selected_operator: 'is' }] }, 'rules'],
    ['half an operator', { rules: [{ ...RULE, selected_operator: 5.5 }] }, 'rules'],
    ['an operand without a bottom', { rules: [{ ...RULE, operand: nested(20_000) }] }, 'rules'],
  ])('%s', (_what, given, part) => {
    expect(readSkill({ ...WHOLE, ...given })).toMatchObject({ kind: 'unreadable', row: { part } });
  });

  it.each([null, undefined, 7, 'skill', [], [GOOD], true])('%j is no record', (row) => {
    expect(readSummaries([row])).toEqual({
      skills: [],
      unreadable: [{ id: undefined, name: undefined, part: 'record' }],
    });
  });

  it('and what is known of it is given', () => {
    const odd = [
      { ...GOOD, agent_ids: [''] },
      { ...GOOD, id: null, name: null },
    ];
    expect(readSummaries(odd)).toEqual({
      skills: [],
      unreadable: [
        { id: GOOD.id, name: 'VIP', part: 'agents' },
        { id: undefined, name: undefined, part: 'id' },
      ],
    });
  });
});

describe('a list', () => {
  it('has a skill once that came twice alike', () => {
    expect(readSummaries([GOOD, { ...GOOD, agent_ids: [TOM, TOM] }])).toEqual({
      skills: [skillOf(GOOD)],
      unreadable: [],
    });
  });

  it('does not choose between two records of one skill', () => {
    const other = { ...GOOD, agent_ids: [] };
    const unreadable = [{ id: GOOD.id, name: 'VIP', part: 'twice' }];
    expect(readSummaries([GOOD, other, { ...GOOD, id: '7' }])).toEqual({
      skills: [skillOf({ ...GOOD, id: '7' })],
      unreadable,
    });
    expect(readSummaries([GOOD, { ...GOOD, name: 7 }]).skills).toEqual([]);
  });

  it('gives every good row, whatever stands beside it', () => {
    const oddRow = fc.oneof(
      fc.jsonValue(),
      fc.record({ id: fc.jsonValue(), name: fc.jsonValue(), agent_ids: fc.jsonValue(), is_default: fc.jsonValue() }),
      fc.constantFrom({ __proto__: null }, Object.create(null)),
    );
    fc.assert(
      fc.property(fc.array(oddRow), fc.array(oddRow), (before, after) => {
        const { skills, unreadable } = readSummaries([...before, GOOD, ...after]);
        expect(skills).toContainEqual(skillOf(GOOD));
        expect(skills.length + unreadable.length).toBeLessThanOrEqual(before.length + after.length + 1);
      }),
    );
  });
});
