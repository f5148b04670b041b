import { LoginNeeded } from '../auth/errors.ts';
import { namesOf } from '../cards/describe.ts';
import type { LoginReason } from '../cards/login.ts';
import {
  agentsUnknownCard,
  failureCard,
  missingArgument,
  nameTooLong,
  pointlessCard,
  skillUnknownCard,
  usageCard,
} from '../cards/refused.ts';
import { pickCard } from '../cards/skills.ts';
import { type Markdown, md } from '../cards/text.ts';
import { toFailure } from '../changes/write.ts';
import { FeishuError } from '../feishu/errors.ts';
import type { Command } from './command.ts';
import type { Context, Reply } from './context.ts';
import { PickNeeded, type Refusal, RefusedError, UsageError, type UsageProblem } from './errors.ts';
import { offerLogin } from './loginReply.ts';
import { nearestCommand } from './registry.ts';

/** What was being done when it failed. */
export interface Doing {
  command: Command | undefined;
  input: Readonly<Record<string, unknown>>;
  /** What the person wrote or pressed. */
  understood: string;
}

/** The one place where a failure of a command becomes a card. What is not a known failure is thrown on. */
export async function replyToFailure(error: unknown, doing: Doing, context: Context): Promise<Reply> {
  if (error instanceof UsageError) return { card: usageReply(error.problem, doing) };
  if (error instanceof RefusedError) return { card: refusalCard(error.refusal) };
  if (error instanceof PickNeeded) return pickReply(error, doing, context);
  if (error instanceof LoginNeeded) return offerLogin(context, LOGIN_REASONS[error.need], true);
  if (error instanceof FeishuError) return { card: failureCard(toFailure(error)) };
  throw error;
}

export const LOGIN_REASONS: Readonly<Record<LoginNeeded['need'], LoginReason>> = {
  'no-grant': 'first-time',
  unreadable: 'grant-dead',
  dead: 'grant-dead',
  'scope-missing': 'scope-missing',
};

function usageReply(problem: UsageProblem, { command, understood }: Doing) {
  if (problem.kind !== 'unknown-command') return usageCard(usageWords(problem), understood, command);
  const nearest = nearestCommand(problem.text);
  return usageCard(unknownCommand(problem.text, nearest?.name), understood, nearest);
}

const unknownCommand = (text: string, nearest: string | undefined): { zh: Markdown; en: Markdown } =>
  nearest === undefined
    ? { zh: md`没有“${text}”这条命令。`, en: md`There is no command “${text}”.` }
    : {
        zh: md`没有“${text}”这条命令。是否想用 **${nearest}**？`,
        en: md`There is no command “${text}”. Did you mean **${nearest}**?`,
      };

function usageWords(problem: Exclude<UsageProblem, { kind: 'unknown-command' }>): { zh: Markdown; en: Markdown } {
  switch (problem.kind) {
    case 'missing':
      return missingArgument(problem.argument);
    case 'surplus':
      return { zh: md`多了：“${problem.text}”。`, en: md`This is too much: “${problem.text}”.` };
    case 'everyone':
      return {
        zh: md`不能用 @所有人，请逐个 @ 客服。`,
        en: md`@all cannot be used here; mention the agents one by one.`,
      };
    case 'not-an-agent':
      return {
        zh: md`“${problem.text}”不是客服：请 @ 本人、写 ou_… 或邮箱。`,
        en: md`“${problem.text}” names no agent: use an @mention, an ou_… id or an email address.`,
      };
    case 'name-empty':
      return { zh: md`名称不能为空。`, en: md`The name cannot be empty.` };
    case 'name-too-long':
      return nameTooLong(problem.length);
    case 'name-control':
      return {
        zh: md`名称里有看不见的控制字符，请去掉后再试。`,
        en: md`The name contains invisible control characters; please remove them.`,
      };
    case 'bad-page':
      return { zh: md`“${problem.text}”不是页码。`, en: md`“${problem.text}” is no page number.` };
  }
}

function refusalCard(refusal: Refusal) {
  switch (refusal.kind) {
    case 'skill-unknown':
      return skillUnknownCard(refusal.text, refusal.nearest);
    case 'agents-unknown':
      return agentsUnknownCard(refusal.emails);
    case 'pointless':
      return pointlessCard(refusal.skillName, refusal.why, namesOf(refusal.people));
  }
}

async function pickReply({ text, candidates }: PickNeeded, doing: Doing, context: Context): Promise<Reply> {
  const command = doing.command?.name ?? 'show';
  const skills = candidates.map((skill) => skill.id);
  const picks = { command, input: doing.input, skills };
  const viewId = await context.saveView({ command, input: doing.input, picks });
  return { card: pickCard(viewId, text, candidates) };
}
