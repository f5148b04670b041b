import type { LocalFeishu, PersonKey, StoredMessage } from 'local-feishu';
import type { HelpdeskPart } from 'local-feishu/helpdesk';
import { cardText, type Reader } from 'local-feishu/replay';

/** How long a step of the bot may take, in milliseconds. */
const STEP_MS = 10_000;

type Feishu = LocalFeishu<PersonKey> & HelpdeskPart;

type Write = (text: string) => void;

/**
 * Plays the main job in the terminal: an admin who has not authorised the bot renames a skill and adds an agent.
 * Rejects when the bot does not do its part.
 */
export async function playDemo(feishu: Feishu, write: Write, language: Reader['language']): Promise<void> {
  const stage = createStage(feishu, write, { language, names: namesIn(feishu) });
  stage.scene(
    language === 'zh_cn' ? '改名（第一次使用，需要先授权）' : 'Rename (used for the first time, so authorise first)',
  );
  const vip = feishu.skills().find((skill) => skill.name.startsWith('VIP')) ?? feishu.skills()[0];
  if (!vip) throw new Error('the helpdesk has no skill');
  const loginMessage = await stage.say('admin', `/skill rename ${vip.id} "Tier 2"`);
  const renamed = await stage.login('admin', loginMessage);
  await stage.press('admin', renamed, 'change.confirm');
  stage.helpdesk(vip.id);

  stage.scene(language === 'zh_cn' ? '添加客服' : 'Add an agent');
  const newcomer = feishu.desk.agents.find((agent) => !feishu.skill(vip.id)?.agentIds.includes(agent.openId));
  const added = await stage.say('admin', `/skill add-agent "Tier 2" @${newcomer?.name ?? 'Tom Li'}`);
  await stage.press('admin', added, 'change.confirm');
  stage.helpdesk(vip.id);
}

const namesIn = ({ people, desk }: Feishu): Map<string, string> =>
  new Map([...Object.values(people), ...desk.agents].map((member) => [member.openId, member.name]));

function createStage(feishu: Feishu, write: Write, reader: Reader) {
  const show = (message: StoredMessage): void => {
    if (message.card) write(`${boxed(cardText(message.card, reader))}\n`);
  };
  const answerTo = (messageId: string, after: number): Promise<StoredMessage> =>
    feishu.waitForMessage((message) => message.replyTo === messageId && message.createdAt >= after, STEP_MS);

  return {
    scene: (title: string) => write(`\n=== ${title} ===\n`),

    async say(as: PersonKey, text: string): Promise<StoredMessage> {
      write(`\n${feishu.people[as].name} > ${text}\n`);
      const { messageId } = await feishu.say(as, 'p2p', text);
      const answer = await answerTo(messageId, 0);
      show(answer);
      return answer;
    },

    /** Follows the link of a login card, and waits for what then goes on by itself. */
    async login(as: PersonKey, card: StoredMessage): Promise<StoredMessage> {
      const [link] = feishu.links(card.messageId);
      if (!link) throw new Error('the card has no login link');
      write(
        `\n${feishu.people[as].name} > (${reader.language === 'zh_cn' ? '打开链接并同意授权' : 'opens the link and agrees'})\n`,
      );
      const page = await feishu.login(as, link, 'agree');
      if (page.status !== 200) throw new Error(`the login page answered ${page.status}`);
      const continued = await feishu.waitForMessage(
        (message) => message.replyTo === card.replyTo && message.messageId !== card.messageId,
        STEP_MS,
      );
      show(continued);
      return continued;
    },

    async press(as: PersonKey, card: StoredMessage, action: string): Promise<void> {
      write(`\n${feishu.people[as].name} > [${action}]\n`);
      const outcome = await feishu.click(as, card.messageId, { action });
      if (outcome.status !== 'ok') throw new Error(`the click failed with ${outcome.code}`);
      const shown = feishu.message(card.messageId);
      if (shown) show(shown);
    },

    helpdesk(id: string): void {
      const skill = feishu.skill(id);
      const names = skill?.agentIds.map((agent) => reader.names.get(agent) ?? agent).join(', ');
      const [last] = feishu.calls.of('PATCH /open-apis/helpdesk/v1/agent_skills/:agent_skill_id').slice(-1);
      write(`\nhelpdesk: ${skill?.name} — ${names}\n`);
      write(`PATCH ${last?.path} → ${last?.status}, token of: ${reader.names.get(last?.userOpenId ?? '') ?? '?'}\n`);
    },
  };
}

function boxed(lines: readonly string[]): string {
  return lines.map((line) => `  │ ${line}`).join('\n');
}
