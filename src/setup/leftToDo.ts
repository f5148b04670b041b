import { basename } from 'node:path';
import { HEAP_FLAGS } from '../lib/heap.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import type { Ways } from './choices.ts';
import type { Difference } from './difference.ts';
import type { Released } from './release.ts';

/** How far setup came. */
export interface Outcome {
  appPage: string;
  ways: Ways;
  /** What has to be configured by hand, because it could not be pushed. */
  byHand: Pick<Difference, 'lines' | 'keys'>;
  released: Released;
  deskProven: boolean;
  envFile: string;
}

/** What is left to click, and the next commands. */
export function leftToDo(outcome: Outcome): Phrase {
  const steps = [
    ...configureByHand(outcome),
    ...RELEASE[outcome.released](outcome.appPage),
    phrase(
      '在“版本管理与发布”确认可用范围：只有范围内的人能使用机器人。',
      'Check the availability under "Version Management & Release": only the people in it can use the bot.',
    ),
    ...(outcome.deskProven ? [] : [DESK_LATER]),
    ...(outcome.ways.transport === 'webhook' ? [forward(outcome.ways.publicUrl ?? '')] : []),
    phrase(
      '启动后与机器人私聊发送 /skill；在群里使用时，先把机器人加入群。',
      'After the start, send /skill to the bot in a direct chat; for a group, add the bot to it first.',
    ),
  ];
  const numbered = (language: 'zh' | 'en') => steps.map((step, at) => `  ${at + 1}. ${step[language]}`).join('\n');
  const isUsual = basename(outcome.envFile) === '.env';
  const doctor = isUsual ? 'npm run doctor' : `npm run doctor -- --dotenv ${outcome.envFile}`;
  const start = isUsual ? 'npm start' : `node ${HEAP_FLAGS.join(' ')} --env-file=${outcome.envFile} dist/main.js`;
  return phrase(
    `还要做的：\n${numbered('zh')}\n\n接下来：\n  检查一切是否就绪：${doctor}\n  启动机器人：${start}`,
    `Left to do:\n${numbered('en')}\n\nNext:\n  check everything:  ${doctor}\n  start the bot:     ${start}`,
  );
}

function configureByHand({ byHand: { lines, keys }, appPage }: Outcome): Phrase[] {
  if (lines.length === 0) return [];
  const list = (language: 'zh' | 'en') => lines.map((line) => `   ${line[language]}`).join('\n');
  return [
    phrase(`在开发者后台 ${appPage} 配置：\n${list('zh')}`, `Configure the app at ${appPage}:\n${list('en')}`),
    ...(keys ? [COPY_KEYS] : []),
  ];
}

const COPY_KEYS = phrase(
  '把“事件与回调”>“加密策略”里的 Verification Token 和 Encrypt Key 复制到 FEISHU_VERIFICATION_TOKEN 和 FEISHU_ENCRYPT_KEY。',
  'Copy Verification Token and Encrypt Key from "Events & Callbacks" > "Encryption Strategy" to FEISHU_VERIFICATION_TOKEN and FEISHU_ENCRYPT_KEY.',
);

const RELEASE: Readonly<Record<Released, (page: string) => Phrase[]>> = {
  released: () => [],
  'in-review': (page) => [
    phrase(
      `请企业管理员在管理后台审核应用版本（${page}/version）。`,
      `Have an admin of the company approve the version of the app (${page}/version).`,
    ),
  ],
  'not-released': (page) => [
    phrase(
      `创建版本并发布：${page}/version。未发布的权限、事件和回调不生效。`,
      `Create a version and release it: ${page}/version. Permissions, events and callbacks act only then.`,
    ),
  ],
};

const DESK_LATER = phrase(
  '发布后运行 npm run doctor 验证服务台：现在应用还没有读取它的权限。',
  'Run npm run doctor after the release to prove the helpdesk: the app may not read it yet.',
);

const forward = (publicUrl: string): Phrase =>
  phrase(`把 ${publicUrl} 转发到机器人的端口。`, `Make ${publicUrl} lead to the port of the bot.`);
