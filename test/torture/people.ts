import type { Member } from 'local-feishu';
import type { Skill } from 'local-feishu/helpdesk';
import type { LocalFeishu } from '../support/localFeishu.ts';
import type { Dice } from './dice.ts';
import type { Hands } from './person.ts';
import { rest } from './rest.ts';

export interface PeopleParts {
  sandbox: LocalFeishu;
  everybody: readonly Hands[];
  /** Gives what no two things of one run are called. */
  uniqueName(what: string): string;
  /** Aborted when the quiet begins. */
  over: AbortSignal;
}

/** With fewer skills none is deleted, with more none is made. */
const SKILLS = { fewest: 24, most: 60 };
const POPULAR = 6;

/** One admin at work until it is over. What a person asks for is unique, as far as it can be. */
export async function work(parts: PeopleParts, hands: Hands, dice: Dice): Promise<void> {
  const admin = createAdmin(parts, hands, dice);
  while (!parts.over.aborted) {
    await dice.weighted([
      [70, admin.change],
      [14, admin.undo],
      [6, admin.twins],
      [5, admin.late],
      [5, admin.retry],
    ])();
    await rest(dice.between(50, 1_500), parts.over);
  }
}

function createAdmin({ sandbox, everybody, uniqueName, over }: PeopleParts, hands: Hands, dice: Dice) {
  /** Cards of this person's changes, latest last. */
  const cards: string[] = [];
  const others = everybody.filter((other) => other !== hands);

  /** Some are asked for more often than others: there people meet. */
  const skill = (): Skill => {
    const all = sandbox.skills().filter(({ isDefault }) => !isDefault);
    return dice.oneOf(dice.chance(0.35) ? all.slice(0, POPULAR) : all);
  };
  const agents = (number: number, suits: (agent: Member) => boolean): string[] => {
    const suitable = sandbox.desk.agents.filter(suits);
    return Array.from({ length: number }, () => dice.oneOf(suitable).openId);
  };

  const command = (): string => {
    const { id, agentIds, rules } = skill();
    const strangers = ({ openId }: Member) => !agentIds.includes(openId);
    const room = sandbox.skills().length;
    const edits: (readonly [number, () => string])[] = [
      [30, () => `/skill rename ${id} ${uniqueName('Name')}`],
      [25, () => `/skill add-agent ${id} ${agents(dice.between(1, 2), strangers).join(' ')}`],
      [10, () => `/skill set-agents ${id} ${agents(dice.between(1, 4), strangers).join(' ')}`],
      ...(agentIds.length > 0 ? [[15, () => `/skill remove-agent ${id} ${dice.oneOf(agentIds)}`] as const] : []),
      rules.some((rule) => rule.id === '3')
        ? [8, () => `/skill edit-rule ${id} 3 5 ${uniqueName('City').replace(' ', '')}`]
        : [8, () => `/skill add-rule ${id} 3 5 ${uniqueName('City').replace(' ', '')}`],
      ...(room < SKILLS.most
        ? [[12, () => `/skill create ${uniqueName('Skill')} ${agents(1, () => true).join(' ')}`] as const]
        : []),
      ...(room > SKILLS.fewest ? [[8, () => `/skill delete ${id}`] as const] : []),
    ];
    return dice.weighted(edits)();
  };

  const preview = async (text: string, chat = dice.chance(0.3) ? ('group' as const) : ('p2p' as const)) => {
    const messageId = await hands.ask(chat, text);
    if (messageId !== undefined) cards.push(messageId);
    return messageId;
  };

  /** Presses Confirm as people do: once or twice, while somebody else presses too, and again when that failed. */
  const pressConfirm = async (messageId: string): Promise<void> => {
    const press = () => hands.press(messageId, 'change.confirm');
    if (dice.chance(0.08)) void dice.oneOf(others).press(messageId, 'change.confirm');
    if (dice.chance(0.12)) {
      await Promise.all([press(), rest(dice.between(0, 800), over).then(press)]);
      return;
    }
    if (!(await press()) && dice.chance(0.8)) await rest(1_000, over).then(press);
  };

  /** At once or later; then looks at what comes of it, or not. */
  const confirm = async (messageId: string): Promise<void> => {
    await rest(dice.between(0, 1_500), over);
    await pressConfirm(messageId);
    if (dice.chance(0.6)) await hands.watch(messageId, dice.between(500, 5_000));
    const { actions = [] } = hands.look(messageId) ?? {};
    if (actions.includes('change.confirm') && dice.chance(0.5)) await hands.press(messageId, 'change.confirm');
    if (actions.length === 0) await hands.loginBy(messageId);
  };

  const decide = async (messageId: string | undefined): Promise<void> => {
    if (messageId === undefined || !hands.look(messageId)?.actions.includes('change.confirm')) return;
    await dice.weighted<() => Promise<unknown>>([
      [88, () => confirm(messageId)],
      [6, () => hands.press(messageId, 'change.cancel')],
      [2, () => Promise.all([confirm(messageId), hands.press(messageId, 'change.cancel')])],
      [4, () => Promise.resolve()],
    ])();
  };

  /** One of this person's cards that has such a button, of the latest ones. */
  const cardWith = (action: string): string | undefined => {
    const suitable = cards.slice(-15).filter((messageId) => hands.look(messageId)?.actions.includes(action));
    return suitable.length === 0 ? undefined : dice.oneOf(suitable);
  };

  const follow = async (action: string): Promise<void> => {
    const messageId = cardWith(action);
    if (messageId === undefined) return;
    const next = await hands.pressForMessage(messageId, action);
    if (next !== undefined) cards.push(next);
    await decide(next);
  };

  return {
    change: async () => decide(await preview(command())),
    undo: () => follow('change.undo'),
    retry: () => follow('change.retry'),
    /** A preview that was left lying is confirmed after all. */
    late: async () => decide(cardWith('change.confirm')),
    /** Two admins make a skill of one name at the same time. */
    twins: async () => {
      const name = uniqueName('Twin');
      const make = (who: Hands, agent: string) => who.ask('p2p', `/skill create ${name} ${agent}`);
      const other = dice.oneOf(others);
      const [one = '', two = ''] = agents(2, () => true);
      const [mine, theirs] = await Promise.all([make(hands, one), make(other, two)]);
      if (mine !== undefined) cards.push(mine);
      await Promise.all([
        mine !== undefined && hands.press(mine, 'change.confirm'),
        theirs !== undefined && other.press(theirs, 'change.confirm'),
      ]);
    },
  };
}
