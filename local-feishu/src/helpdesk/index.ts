export type { Desk, Operand, Rule, RuleOption, Skill } from './desk.ts';
export type { Effect, Effects } from './effects.ts';
export type { DeskCredentials } from './header.ts';
export { type HelpdeskOptions, type HelpdeskPart, helpdesk } from './plugin.ts';
export { AGENTS, DESK_NAME, MANAGERS, moreAgents, RULE_OPTIONS, SKILLS } from './seed.ts';
export type { DeskSettings, OddRows } from './settings.ts';
