import { z } from 'zod';
import type { AgentStatus, Days, DeskAgent, Hours } from '../domain/agent.ts';
import { OpenId } from '../domain/ids.ts';
import { AsText, listOf, WholeNumber } from './rows.ts';

/** The agents of the desk by id, and how many rows name nobody. */
export interface ListedAgents {
  agents: ReadonlyMap<OpenId, DeskAgent>;
  unreadable: number;
}

const STATUSES: Readonly<Partial<Record<number, AgentStatus>>> = { 1: 'online', 2: 'offline', 3: 'off-duty' };

const DAYS: Readonly<Partial<Record<number, Days>>> = {
  ...{ 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7 },
  ...{ 9: 'every-day', 10: 'weekdays', 11: 'weekend' },
};

/** Documented up to 23:59; its samples have 24:00. */
const Time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/);

const HoursRow = z
  .object({ start_time: Time, end_time: Time, weekday: WholeNumber.transform((day) => DAYS[day]) })
  .transform(({ start_time: from, end_time: to, weekday: days }, context): Hours => {
    if (days !== undefined) return { days, from, to };
    context.addIssue({ code: 'custom', message: 'no such day' });
    return z.NEVER;
  });

/** What is only shown counts as not known when it cannot be read. */
const shown = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const Text = shown(z.string().trim().min(1));

const ScheduleRow = z
  .object({
    status: shown(WholeNumber.transform((status) => STATUSES[status])),
    agent: z.object({ id: AsText.pipe(OpenId), name: Text, email: Text, department: Text }),
    // Of hours of which one part cannot be read the others would mislead.
    schedule: shown(listOf(HoursRow)),
  })
  .transform(({ status, agent, schedule: hours }): DeskAgent => ({ ...agent, status, hours }));

/** The agents as their schedules give them (helpdesk-v1/agent_schedule/list). */
export function readSchedules(rows: readonly unknown[]): ListedAgents {
  const read = rows.map((row) => ScheduleRow.safeParse(row).data);
  const known = read.filter((agent) => agent !== undefined);
  return { agents: new Map(known.map((agent) => [agent.id, agent])), unreadable: read.length - known.length };
}

/** The agents as the list of their mail addresses gives them: nothing else is known of them. */
export function readEmails(rows: Readonly<Record<string, unknown>>): ListedAgents {
  const read = Object.entries(rows).map(([key, address]): DeskAgent | undefined => {
    const id = OpenId.safeParse(key).data;
    return id && { id, email: Text.parse(address) };
  });
  const known = read.filter((agent) => agent !== undefined);
  return { agents: new Map(known.map((agent) => [agent.id, agent])), unreadable: read.length - known.length };
}
