import { sampleCards } from '../../cards/samples/samples.ts';
import { COMMANDS } from '../../commands/registry.ts';
import type { OpenId } from '../../domain/ids.ts';
import { permissionPage } from '../../explain/explainFeishu.ts';
import { createCardJudge, JUDGE_SCOPE } from '../../feishu/cardJudge.ts';
import { FeishuError, isPassing } from '../../feishu/errors.ts';
import { createHelpdesk } from '../../feishu/helpdesk.ts';
import { createLogger } from '../../lib/logger.ts';
import { type Phrase, phrase } from '../../lib/phrase.ts';
import { type Check, type Finding, failed, ok } from '../check.ts';
import type { Subject } from '../subject.ts';

/** A card that Feishu does not take. */
interface Refused {
  card: string;
  code: number | undefined;
  message: string;
  logId: string | undefined;
}

/** Feishu takes every kind of card that the bot posts. They are shown to nobody. */
export const cards: Check = {
  name: 'cards',
  title: phrase('卡片', 'Cards'),
  needs: ['credentials'],
  variables: [],
  limitMs: 180_000,
  async run(subject) {
    const judge = createCardJudge(subject.connection.client);
    const samples = sampleCards({ person: await somebody(subject), commands: COMMANDS });
    const refused: Refused[] = [];
    for (const { name, card } of samples) {
      try {
        await judge.judge(card).catch((error: unknown) => {
          if (!isPassing(error)) throw error;
          return judge.judge(card);
        });
      } catch (error) {
        if (!(error instanceof FeishuError)) throw error;
        if (error.kind === 'app-scope') return notAllowed(subject);
        if (!isAboutTheCard(error)) throw error;
        const { code, message, logId } = error;
        refused.push({ card: name, code, message, logId });
      }
    }
    const count = samples.length;
    if (refused.length > 0) return refusedCards(refused, count);
    return ok(phrase(`飞书接受全部 ${count} 种卡片。`, `Feishu takes all ${count} kinds of card.`));
  },
};

/** Somebody whom the app knows: an agent of the desk, else an admin who has logged in, else the bot. */
async function somebody({ connection, config, database }: Subject): Promise<OpenId> {
  const desk = createHelpdesk(connection.client, config.desk, createLogger('silent'));
  const { skills } = await desk.listSkills().catch(() => ({ skills: [] }));
  const agent = skills.flatMap(({ agentIds }) => agentIds)[0];
  if (agent) return agent;
  const found = await database().catch(() => undefined);
  const admins = found?.kind === 'present' && found.pending.length === 0 ? await found.store.grants.all() : [];
  return admins[0]?.openId ?? connection.people.self();
}

/** Any other failure says nothing about the card that was sent. */
const isAboutTheCard = ({ kind, code }: FeishuError): boolean =>
  code !== undefined && (kind === 'bad-request' || kind === 'unexpected');

const notAllowed = ({ pages }: Subject): Finding => {
  const page = permissionPage(pages, [JUDGE_SCOPE]);
  return failed(
    'missing_scope',
    phrase(
      `没有检查任何卡片：这需要可选权限 ${JUDGE_SCOPE}，应用没有。`,
      `No card was judged: that needs the optional permission ${JUDGE_SCOPE}, which the app lacks.`,
    ),
    phrase(
      `请开通并发布版本，然后重新运行；机器人平时用不到它：${page}`,
      `Add it, release a version and run this again; the bot itself does without it: ${page}`,
    ),
  );
};

function refusedCards(refused: readonly Refused[], count: number): Finding {
  const lines = (line: (one: Refused) => string): string => refused.map((one) => `\n    ${line(one)}`).join('');
  const log = ({ logId }: Refused): Phrase =>
    logId === undefined ? phrase('', '') : phrase(`（日志 ID ${logId}）`, ` (log id ${logId})`);
  const said = ({ code, message }: Refused): string => `${code} ${message}`;
  return {
    ...failed(
      'card_refused',
      phrase(
        `飞书不接受 ${count} 种卡片中的 ${refused.length} 种：${lines((one) => `${one.card}：${said(one)}${log(one).zh}`)}`,
        `Feishu refuses ${refused.length} of ${count} kinds of card:${lines((one) => `${one.card}: ${said(one)}${log(one).en}`)}`,
      ),
      remedyFor(refused),
    ),
    details: refused.map((one) => ({ ...one })),
  };
}

/** Feishu's code for somebody on a card whom it does not know; it stands in the message. */
const UNKNOWN_PERSON = /\b100290\b/;

function remedyFor(refused: readonly Refused[]): Phrase {
  const isUnknown = ({ code, message }: Refused): boolean => code === 100290 || UNKNOWN_PERSON.test(message);
  const persons = refused.some(isUnknown) ? [KNOW_PERSONS] : [];
  const defects = refused.every(isUnknown) ? [] : [REPORT];
  const all = [...persons, ...defects];
  return phrase(all.map(({ zh }) => zh).join('\n    '), all.map(({ en }) => en).join('\n    '));
}

const KNOW_PERSONS = phrase(
  '100290：应用看不到卡片上的人。请在“权限管理”里把客服加入应用的通讯录权限范围。',
  '100290: the app does not see the person on the card. Under "Permissions", put the agents into its contact range.',
);
const REPORT = phrase(
  '这是机器人的缺陷：请升级到最新版本；如果仍然如此，请带着卡片名、代码和日志 ID 提交问题。',
  'That is a fault of the bot: upgrade to the newest version; if it stays, report it with the card’s name, the code and the log id.',
);
