import type { Pointless } from '../../domain/apply.ts';
import { phrase } from '../../lib/phrase.ts';
import type { Refusal } from '../refused.ts';
import { differencesOf, rules, type SampleSubjects, skillOf } from './subjects.ts';

/** One of each kind; a kind that is new makes the compiler ask for its sample. */
export const refusalsOf = (subjects: SampleSubjects): { [K in Refusal['kind']]: Refusal & { kind: K } } => {
  const skill = skillOf(subjects);
  const condition = phrase('城市', 'City');
  return {
    'skill-unknown': { kind: 'skill-unknown', text: 'VPI', nearest: [skill] },
    'agents-unknown': { kind: 'agents-unknown', emails: ['lin.xiao@example.com'] },
    pointless: { kind: 'pointless', skillName: skill.name, people: skill.agents, why: { kind: 'rule-gone' } },
    'rule-unknown': { kind: 'rule-unknown', skill, condition },
    'rule-ambiguous': { kind: 'rule-ambiguous', skill, rules },
    'default-skill': { kind: 'default-skill', skill },
    'no-agents': { kind: 'no-agents', skill },
    'change-unknown': { kind: 'change-unknown', text: '01ARZ' },
    'nothing-to-undo': { kind: 'nothing-to-undo' },
    'too-large': { kind: 'too-large' },
  };
};

/** The same of what is as asked for already. */
export const pointlessOf = (subjects: SampleSubjects): { [K in Pointless['kind']]: Pointless & { kind: K } } => {
  const agentIds = [subjects.person];
  const [rule = { id: '3' }] = rules;
  return {
    'name-unchanged': { kind: 'name-unchanged', name: 'VIP' },
    'agents-already-there': { kind: 'agents-already-there', agentIds },
    'agents-not-there': { kind: 'agents-not-there', agentIds },
    'agents-unchanged': { kind: 'agents-unchanged' },
    'rule-already-there': { kind: 'rule-already-there', rule },
    'rule-gone': { kind: 'rule-gone' },
    'rule-unchanged': { kind: 'rule-unchanged', rule },
    'nothing-left-to-undo': { kind: 'nothing-left-to-undo', kept: differencesOf(subjects) },
  };
};
