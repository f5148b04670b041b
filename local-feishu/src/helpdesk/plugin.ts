import type { Core } from '../core.ts';
import type { Joined, Plugin } from '../plugin.ts';
import { deskActs } from './control.ts';
import { Desk, type DeskAgent, type RuleOption, type Skill } from './desk.ts';
import { deskEndpoints } from './deskEndpoints.ts';
import { Effects } from './effects.ts';
import { type DeskCredentials, hasDeskHeader } from './header.ts';
import { AGENTS, DESK_NAME, MANAGERS, RULE_OPTIONS, SKILLS } from './seed.ts';
import { createDeskSettings, type DeskSettings, settingsShape } from './settings.ts';
import { skillEndpoints } from './skillEndpoints.ts';

export interface HelpdeskOptions {
  name?: string;
  /** What is not given is made at random, in the platform's shape. */
  credentials?: Partial<DeskCredentials>;
  /** Default: six, among them the admin. */
  agents?: readonly DeskAgent[];
  /** Keys of the people who may write. Default: owner and admin. */
  managers?: readonly string[];
  /** What the desk offers as conditions. */
  rules?: readonly RuleOption[];
  skills?: readonly Skill[];
}

/** What the helpdesk adds to a local Feishu. */
export interface HelpdeskPart {
  readonly desk: Desk;
  skill(id: string): Skill | undefined;
  skills(): Skill[];
  /** What calls of the bot did to the desk. */
  readonly effects: Effects;
  /** Mutable, among those of the core. */
  readonly settings: DeskSettings;
  /** Beside those of the app. */
  readonly credentials: DeskCredentials;
}

/** The desk as the page shows it. */
export interface ShownDesk {
  name: string;
  skills: Skill[];
  rules: readonly RuleOption[];
}

declare module '../state/callLog.ts' {
  interface CallEntry {
    /** The helpdesk header is exactly base64(id:token), without a prefix. Absent without a helpdesk. */
    helpdeskHeaderOk?: boolean;
  }
}

declare module '../control/snapshot.ts' {
  interface Setting {
    /** Absent without a helpdesk. */
    desk?: ShownDesk;
  }
}

const SCOPES = { tenant: ['helpdesk:all:readonly'], user: ['helpdesk:all'] };

/** The helpdesk (服务台) with its agent skills (客服技能), conditions and agents. */
export const helpdesk = (options: HelpdeskOptions = {}): Plugin<HelpdeskPart> => ({
  join: (core) => join(core, options),
});

function join(core: Core, options: HelpdeskOptions): Joined<HelpdeskPart> {
  const { clock, ids, directory, changes } = core;
  const { agents = AGENTS, managers = MANAGERS, rules = RULE_OPTIONS, skills = SKILLS, name = DESK_NAME } = options;
  const settings = Object.assign(core.settings, createDeskSettings());
  const credentials = Object.assign(core.credentials, createDeskCredentials(core, options.credentials));
  directory.add(agents);
  core.enableScopes(SCOPES);
  const managerIds = managers.map((key) => directory.person(key).openId);
  const desk = new Desk({ name, managers: managerIds, agents, rules, skills }, changes);
  const effects = new Effects();
  const parts = { clock, ids, settings, credentials, desk, effects };
  return {
    part: { desk, effects, settings, credentials, skill: (id) => desk.skill(id), skills: () => desk.skills() },
    endpoints: [...skillEndpoints(parts), ...deskEndpoints(parts)],
    looks: { effects: () => ({ effects: effects.all() }) },
    acts: deskActs(desk),
    settings: settingsShape,
    state: () => ({ desk: desk.name, skills: desk.skills(), rules: desk.rules, agents: desk.agents }),
    shown: () => ({ desk: { name: desk.name, skills: desk.skills(), rules: desk.rules } }),
    describeCall: (headers) => ({ helpdeskHeaderOk: hasDeskHeader(headers, credentials) }),
  };
}

const createDeskCredentials = ({ ids }: Core, given: Partial<DeskCredentials> = {}): DeskCredentials => ({
  helpdeskId: `7${ids.digits(18)}`,
  helpdeskToken: `ht-${[8, 4, 4, 4, 12].map(ids.hex).join('-')}`,
  ...given,
});
