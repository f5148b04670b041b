import { describe, expect, it } from '@jest/globals';
import { type Applied, applyIntent } from '../../src/domain/apply.ts';
import { ruleKey } from '../../src/domain/same.ts';
import { MAX_NAME_LENGTH, type SkillContent } from '../../src/domain/skill.ts';
import { inIT, inITAsText, inSales, isVip, li, skill, tom, zhang } from './samples.ts';

/** What `applyIntent` says when the intent leads somewhere. */
const leadsTo = (target: SkillContent, ...remarks: Extract<Applied, { ok: true }>['remarks']): Applied => ({
  ok: true,
  target,
  remarks,
});
const pointless = (why: Extract<Applied, { ok: false }>['why']): Applied => ({ ok: false, why });

describe('rename', () => {
  it('changes the name and nothing else', () => {
    expect(applyIntent({ kind: 'rename', name: 'VIP' }, skill())).toEqual(leadsTo(skill({ name: 'VIP' })));
    expect(applyIntent({ kind: 'rename', name: 'x'.repeat(MAX_NAME_LENGTH) }, skill())).toMatchObject({ ok: true });
  });

  it('to the present name is pointless, to another case is not', () => {
    expect(applyIntent({ kind: 'rename', name: 'Key accounts' }, skill())).toEqual(
      pointless({ kind: 'name-unchanged', name: 'Key accounts' }),
    );
    expect(applyIntent({ kind: 'rename', name: 'key accounts' }, skill())).toMatchObject({ ok: true });
  });
});

describe('add-agents', () => {
  it('puts them behind the others, once', () => {
    expect(applyIntent({ kind: 'add-agents', agentIds: [li, li] }, skill())).toEqual(
      leadsTo(skill({ agentIds: [tom, zhang, li] })),
    );
  });

  it('says who was there already', () => {
    expect(applyIntent({ kind: 'add-agents', agentIds: [tom, li] }, skill())).toEqual(
      leadsTo(skill({ agentIds: [tom, zhang, li] }), { kind: 'already-there', agentIds: [tom] }),
    );
  });

  it('is pointless when all are there', () => {
    expect(applyIntent({ kind: 'add-agents', agentIds: [zhang, tom] }, skill())).toEqual(
      pointless({ kind: 'agents-already-there', agentIds: [zhang, tom] }),
    );
  });
});

describe('remove-agents', () => {
  it('takes them out', () => {
    expect(applyIntent({ kind: 'remove-agents', agentIds: [tom, tom] }, skill())).toEqual(
      leadsTo(skill({ agentIds: [zhang] })),
    );
  });

  it('takes out every occurrence', () => {
    const twice = skill({ agentIds: [tom, zhang, tom] });
    expect(applyIntent({ kind: 'remove-agents', agentIds: [tom] }, twice)).toEqual(
      leadsTo(skill({ agentIds: [zhang] })),
    );
  });

  it('says who was not there', () => {
    expect(applyIntent({ kind: 'remove-agents', agentIds: [li, tom] }, skill())).toEqual(
      leadsTo(skill({ agentIds: [zhang] }), { kind: 'not-there', agentIds: [li] }),
    );
  });

  it('is pointless when nobody of them is there', () => {
    expect(applyIntent({ kind: 'remove-agents', agentIds: [li] }, skill())).toEqual(
      pointless({ kind: 'agents-not-there', agentIds: [li] }),
    );
  });

  it('says when nobody is left', () => {
    expect(applyIntent({ kind: 'remove-agents', agentIds: [tom, zhang, li] }, skill())).toEqual(
      leadsTo(skill({ agentIds: [] }), { kind: 'not-there', agentIds: [li] }, { kind: 'nobody-left' }),
    );
  });
});

describe('set-agents', () => {
  it('puts these in place of the others, once each', () => {
    expect(applyIntent({ kind: 'set-agents', agentIds: [li, tom, li] }, skill())).toEqual(
      leadsTo(skill({ agentIds: [li, tom] })),
    );
  });

  it('is pointless when they are the same in another order', () => {
    expect(applyIntent({ kind: 'set-agents', agentIds: [zhang, tom] }, skill())).toEqual(
      pointless({ kind: 'agents-unchanged' }),
    );
  });

  it('says when nobody is left, but not when nobody was there', () => {
    expect(applyIntent({ kind: 'set-agents', agentIds: [] }, skill())).toEqual(
      leadsTo(skill({ agentIds: [] }), { kind: 'nobody-left' }),
    );
    expect(applyIntent({ kind: 'rename', name: 'VIP' }, skill({ agentIds: [] }))).toEqual(
      leadsTo(skill({ name: 'VIP', agentIds: [] })),
    );
  });
});

describe('add-rule', () => {
  it('puts it behind the others, also where the condition is there with another operand', () => {
    expect(applyIntent({ kind: 'add-rule', rule: inSales }, skill())).toEqual(
      leadsTo(skill({ rules: [inIT, inSales] })),
    );
  });

  it('is pointless when it is there, in any spelling', () => {
    expect(applyIntent({ kind: 'add-rule', rule: inITAsText }, skill())).toEqual(
      pointless({ kind: 'rule-already-there', rule: inITAsText }),
    );
  });
});

describe('edit-rule', () => {
  const twoRules = skill({ rules: [inIT, isVip] });

  it('puts the new rule in the place of the old', () => {
    expect(applyIntent({ kind: 'edit-rule', rule: ruleKey(inITAsText), to: inSales }, twoRules)).toEqual(
      leadsTo(skill({ rules: [inSales, isVip] })),
    );
  });

  it('is pointless when the rule is gone', () => {
    expect(applyIntent({ kind: 'edit-rule', rule: ruleKey(inSales), to: isVip }, skill())).toEqual(
      pointless({ kind: 'rule-gone' }),
    );
  });

  it('is pointless when nothing changes but the spelling', () => {
    expect(applyIntent({ kind: 'edit-rule', rule: ruleKey(inIT), to: inITAsText }, twoRules)).toEqual(
      pointless({ kind: 'rule-unchanged', rule: inITAsText }),
    );
  });

  it('does not make the same rule a second time', () => {
    expect(applyIntent({ kind: 'edit-rule', rule: ruleKey(inIT), to: isVip }, twoRules)).toEqual(
      pointless({ kind: 'rule-already-there', rule: isVip }),
    );
  });
});

describe('remove-rule', () => {
  it('takes out the one that was meant', () => {
    const rules = [inSales, inIT, isVip];
    expect(applyIntent({ kind: 'remove-rule', rule: ruleKey(inITAsText) }, skill({ rules }))).toEqual(
      leadsTo(skill({ rules: [inSales, isVip] })),
    );
  });

  it('is pointless when the rule is gone', () => {
    expect(applyIntent({ kind: 'remove-rule', rule: ruleKey(isVip) }, skill())).toEqual(
      pointless({ kind: 'rule-gone' }),
    );
  });
});

describe('applyIntent', () => {
  it('leaves the skill that it was given as it was', () => {
    const given = skill({ rules: [inIT, isVip] });
    const copy = structuredClone(given);
    applyIntent({ kind: 'add-agents', agentIds: [li] }, given);
    applyIntent({ kind: 'edit-rule', rule: ruleKey(inIT), to: inSales }, given);
    applyIntent({ kind: 'remove-rule', rule: ruleKey(inIT) }, given);
    expect(given).toEqual(copy);
  });

  it('gives only what can be written, when it is given a whole skill', () => {
    const whole = { ...skill(), id: '6941215891786825756', isDefault: false, agents: [] };
    expect(applyIntent({ kind: 'rename', name: 'VIP' }, whole)).toEqual(leadsTo(skill({ name: 'VIP' })));
  });
});
