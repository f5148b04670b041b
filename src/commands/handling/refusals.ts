import { LoginNeeded } from '../../auth/errors.ts';
import type { CardJson } from '../../cards/kit.ts';
import type { LoginReason } from '../../cards/login.ts';
import { failureCard, refusalCard, refusalWords } from '../../cards/refused.ts';
import { pickCard } from '../../cards/skills.ts';
import type { Words } from '../../cards/text.ts';
import { unreadableCard, unreadablePart } from '../../cards/unreadable.ts';
import { usageCard, usageWords } from '../../cards/usage.ts';
import { valuePickCard } from '../../cards/valuePick.ts';
import type { ViewId } from '../../domain/ids.ts';
import type { SkillSummary } from '../../domain/skill.ts';
import { FeishuError, toFailure } from '../../feishu/errors.ts';
import type { Command } from '../command.ts';
import type { Context, Reply } from '../context.ts';
import { PickNeeded, RefusedError, UsageError, ValuePickNeeded } from '../errors.ts';
import { nearestCommand } from '../registry.ts';
import { offerLogin } from '../replies/offerLogin.ts';

/** What was being done when it failed. */
export interface AttemptedCommand {
  command: Command | undefined;
  input: Readonly<Record<string, unknown>>;
  /** What the person wrote or pressed. */
  understood: string;
  /** What is filled in, when it is a form. */
  filled?: Readonly<Record<string, unknown>>;
}

/** The one place where a failure of a command becomes a card. What is not a known failure is thrown on. */
export async function replyToFailure(error: unknown, attempted: AttemptedCommand, context: Context): Promise<Reply> {
  if (error instanceof UsageError) return { card: await usageReply(error, attempted, context) };
  if (error instanceof RefusedError) return refusedReply(error, attempted, context);
  if (error instanceof PickNeeded) return pickReply(error, attempted, context);
  if (error instanceof ValuePickNeeded) return valuePickReply(error, attempted, context);
  if (error instanceof LoginNeeded) return loginReply(error.need, context);
  if (error instanceof FeishuError) return failureReply(error, context);
  throw error;
}

/** The address of a check is for the one who asked, and a card in a group, or where that is not known, for everybody. */
function failureReply(error: FeishuError, { waiting }: Context): Reply {
  if (error.skill) return { card: unreadableCard(error.skill) };
  const isDirect = waiting.kind === 'message' && waiting.chatType === 'p2p';
  return { card: failureCard(toFailure(error), isDirect ? error.checkUrl : undefined) };
}

/** A way in; where Feishu does not give one, that is the failure. */
export async function loginReply(need: LoginNeeded['need'], context: Context): Promise<Reply> {
  try {
    return await offerLogin(context, LOGIN_REASONS[need], true);
  } catch (error) {
    if (error instanceof FeishuError) return failureReply(error, context);
    throw error;
  }
}

/** What is wrong with what was filled in; undefined when the form cannot help it. */
export function problemInForm(error: unknown): Words | undefined {
  if (error instanceof UsageError) return usageWords(error.problem);
  if (error instanceof RefusedError) return refusalWords(error.refusal);
  if (error instanceof FeishuError && error.skill) return unreadablePart(error.skill.part);
  return undefined;
}

const LOGIN_REASONS: Readonly<Record<LoginNeeded['need'], LoginReason>> = {
  'no-grant': 'first-time',
  unreadable: 'grant-dead',
  dead: 'grant-dead',
  'scope-missing': 'scope-missing',
  'not-renewable': 'not-renewable',
};

async function usageReply(
  { problem }: UsageError,
  { command, understood }: AttemptedCommand,
  context: Context,
): Promise<CardJson> {
  if (problem.kind === 'unknown-command') {
    const nearest = nearestCommand(problem.text.toLowerCase());
    return usageCard(usageWords(problem, nearest?.name), understood, nearest);
  }
  const words = usageWords(problem);
  if (!command?.form) return usageCard(words, understood, command);
  const viewId = await context.saveView({ command: command.name, input: {}, form: [] });
  return usageCard(words, understood, command, { command: command.name, viewId });
}

async function refusedReply({ refusal }: RefusedError, attempted: AttemptedCommand, context: Context): Promise<Reply> {
  if (refusal.kind !== 'skill-unknown' || refusal.nearest.length === 0) return { card: refusalCard(refusal) };
  return { card: refusalCard(refusal, await saveChoice(refusal.nearest, attempted, context)) };
}

const pickReply = async (
  { text, candidates, unreadable }: PickNeeded,
  attempted: AttemptedCommand,
  context: Context,
): Promise<Reply> => ({
  card: pickCard(await saveChoice(candidates, attempted, context), text, candidates, unreadable),
});

/** Each button goes on with the same command, the value that it stands for in place of the name. */
async function valuePickReply(
  { choice, inputWith }: ValuePickNeeded,
  attempted: AttemptedCommand,
  context: Context,
): Promise<Reply> {
  const command = attempted.command?.name ?? 'show';
  const choices = { command, inputs: choice.candidates.map(inputWith) };
  const viewId = await context.saveView({ command, input: attempted.input, choices });
  return { card: valuePickCard(viewId, choice) };
}

/** Remembers what to go on with once one of these skills is picked. */
function saveChoice(
  candidates: readonly SkillSummary[],
  attempted: AttemptedCommand,
  context: Context,
): Promise<ViewId> {
  const command = attempted.command?.name ?? 'show';
  const skills = candidates.map((skill) => skill.id);
  const picks = { command, input: attempted.filled ?? attempted.input, skills, inForm: attempted.filled !== undefined };
  return context.saveView({ command, input: attempted.input, picks });
}
