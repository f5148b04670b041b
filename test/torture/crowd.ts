import {
  type ColleagueKey,
  colleagues,
  type LocalFeishu,
  PEOPLE,
  type Person,
  type PersonKey,
  startLocalFeishu,
} from 'local-feishu';
import { AGENTS, type HelpdeskPart, helpdesk, MANAGERS, moreAgents } from 'local-feishu/helpdesk';

export type AdminKey = PersonKey | ColleagueKey;

/** A local Feishu with many admins and agents. */
export type CrowdedFeishu = LocalFeishu<AdminKey> & HelpdeskPart;

const MORE_AGENTS = 300;
/** What an unanswered delivery is repeated after; Feishu itself takes longer. */
const RETRY_DELAYS_MS = [1_000, 3_000, 8_000, 20_000, 40_000, 40_000, 40_000];

/** Starts it with so many admins, whom it gives too. */
export async function startCrowdedFeishu(
  count: number,
): Promise<{ feishu: CrowdedFeishu; admins: Person<AdminKey>[] }> {
  const more = colleagues(Math.max(0, count - 2));
  const feishu = await startLocalFeishu<AdminKey, [ReturnType<typeof helpdesk>]>({
    people: { ...PEOPLE, ...more },
    plugins: [
      helpdesk({ agents: [...AGENTS, ...moreAgents(MORE_AGENTS)], managers: [...MANAGERS, ...Object.keys(more)] }),
    ],
    retryDelaysMs: RETRY_DELAYS_MS,
    accessTokenSeconds: 900,
  });
  const { owner, admin } = feishu.people;
  const others = Object.values<Person<AdminKey>>(feishu.people).filter(({ key }) => key in more);
  return { feishu, admins: [owner, admin, ...others].slice(0, count) };
}
