import type { OpenId } from './ids.ts';

/** Online; offline by hand; off duty, as Feishu sets it outside the hours (helpdesk-v1/agent_schedule). */
export type AgentStatus = 'online' | 'offline' | 'off-duty';

/** On which days hours hold: 1 to 7 from Monday to Sunday, or several of them. */
export type Days = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 'every-day' | 'weekdays' | 'weekend';

/** Hours of an agent, both times as `HH:mm`; `24:00` is the end of the day. */
export interface Hours {
  days: Days;
  from: string;
  to: string;
}

/** An agent of the desk: who they are there, and when they answer. What is not known is absent. */
export interface DeskAgent {
  id: OpenId;
  name?: string | undefined;
  email?: string | undefined;
  department?: string | undefined;
  status?: AgentStatus | undefined;
  /** Empty when the agent has none. */
  hours?: readonly Hours[] | undefined;
}
