import { z } from 'zod';

const row = z.record(z.string(), z.unknown());

/** What a settings request may hold beside the settings of the core. */
export const settingsShape = {
  whenAbsent: z.enum(['keep', 'clear']),
  operandForm: z.enum(['as-sent', 'string', 'object']),
  agentsOnly: z.boolean(),
  deskElsewhere: z.boolean(),
  oddRows: z.strictObject({
    skills: z.record(z.string(), row),
    listed: z.array(z.unknown()),
    agents: z.record(z.string(), row),
    emails: row,
    conditions: z.array(z.unknown()),
  }),
};

/** What the helpdesk gives in place of, or beside, what it has; writes are checked as ever. */
export interface OddRows {
  /** Fields of skills, by skill id: in place of the true ones, in the list and alone. */
  skills: Record<string, Record<string, unknown>>;
  /** Further rows of the list of skills. */
  listed: unknown[];
  /** Fields of agents, by open id: in place of the true ones in their schedules, or a row of its own. */
  agents: Record<string, Record<string, unknown>>;
  /** Mail addresses by the id of an agent, in place of the true ones or beside them. */
  emails: Record<string, unknown>;
  /** Further conditions that are offered. */
  conditions: unknown[];
}

/** How the helpdesk behaves. Mutable. */
export interface DeskSettings {
  /** What a PATCH of a skill does to fields that are absent: the documents do not say. */
  whenAbsent: 'keep' | 'clear';
  /** The form in which operands of rules are returned. */
  operandForm: 'as-sent' | 'string' | 'object';
  /** True: `agent_ids` must name agents of the desk. */
  agentsOnly: boolean;
  /** True: the desk is another tenant's, 154001. */
  deskElsewhere: boolean;
  /** Rows that the helpdesk gives in another form than is documented. */
  oddRows: OddRows;
}

export const createDeskSettings = (): DeskSettings => ({
  whenAbsent: 'keep',
  operandForm: 'as-sent',
  agentsOnly: true,
  deskElsewhere: false,
  oddRows: { skills: {}, listed: [], agents: {}, emails: {}, conditions: [] },
});
