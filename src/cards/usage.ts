import { conditionName, type ValueKind } from '../domain/conditions.ts';
import { operatorName } from '../domain/operators.ts';
import type { RuleOption } from '../domain/ruleChoice.ts';
import { MAX_NAME_LENGTH } from '../domain/skill.ts';
import type { Unwritable } from '../domain/writable.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { commandHelp, type HelpEntry } from './help.ts';
import { button, type CardJson, card, divider, footnote, paragraph, row } from './kit.ts';
import { type NotUnderstood, notUnderstoodWords } from './notUnderstood.ts';
import { notWritableWords, type UsageWords } from './notWritable.ts';
import { md, plain, shortened, type Words } from './text.ts';

/** What is wrong with how a command was written. */
export type UsageProblem =
  | { kind: 'unknown-command'; text: string }
  | { kind: 'several-commands' }
  | { kind: 'missing'; argument: Argument }
  | NotUnderstood
  | { kind: 'everyone' }
  | { kind: 'other-company'; name: string }
  | { kind: 'no-identity'; name: string }
  | { kind: 'no-name'; text: string }
  | { kind: 'name-empty' }
  | { kind: 'name-too-long'; length: number }
  | { kind: 'not-writable'; what: 'name' | 'value'; text: string; found: Unwritable[] }
  | { kind: 'blank-value' }
  | { kind: 'bad-page'; text: string }
  | { kind: 'unknown-condition'; text: string; options: RuleOption[] }
  | { kind: 'ambiguous-condition'; text: string; options: RuleOption[] }
  | { kind: 'unknown-operator'; text: string; offered: number[] }
  | { kind: 'operator-not-offered'; text: string; offered: number[] }
  | { kind: 'one-value-only'; count: number }
  /** Two values that a sign joins, or one with a sign in it. */
  | { kind: 'one-or-several'; text: string }
  | { kind: 'bad-value'; text: string; expected: ValueKind; known: Phrase[] };

export type Argument = 'skill' | 'agent' | 'name' | 'condition' | 'operator' | 'value' | 'page';

/** What was understood of a command, what was expected, and an example. `form` opens the command's form instead. */
export function usageCard(
  words: UsageWords,
  understood: string,
  entry: HelpEntry | undefined,
  form?: { command: string; viewId: string },
): CardJson {
  return card({ title: words.title ?? NOT_UNDERSTOOD, template: 'red' }, [
    paragraph(words.zh, words.en),
    footnote(phrase(plain`收到：${shortened(understood, 100)}`, plain`Received: ${shortened(understood, 100)}`)),
    divider,
    ...(entry
      ? commandHelp(entry)
      : [paragraph(md`发送 **/skill help** 查看全部命令。`, md`Send **/skill help** for all commands.`)]),
    ...(form
      ? [row([button(phrase('用表单填写', 'Fill in a form'), { action: `form.${form.command}`, id: form.viewId })])]
      : []),
  ]);
}

const NOT_UNDERSTOOD = phrase('没看懂这条命令', 'This command was not understood');

const ARGUMENTS: Readonly<Record<Argument, Phrase>> = {
  skill: phrase('哪个技能（ID、名称或名称的开头）', 'which skill (its id, its name or the beginning of it)'),
  agent: phrase('哪些客服（@ 本人、ou_… 或邮箱）', 'which agents (an @mention, an ou_… id or an email address)'),
  name: phrase('新的名称', 'the new name'),
  condition: phrase('哪个条件', 'which condition'),
  operator: phrase('哪个运算符', 'which operator'),
  value: phrase('比较的值', 'the values to compare with'),
  page: phrase('第几页', 'which page'),
};

/** What is wrong, as a sentence. `nearest` is the command that was probably meant. */
export function usageWords(problem: UsageProblem, nearest?: string): UsageWords {
  switch (problem.kind) {
    case 'unknown-command':
      return unknownCommand(shortened(problem.text, 60), nearest);
    case 'several-commands':
      return {
        zh: md`一条消息只能写一条命令，所以什么都没有执行。请分开发送。`,
        en: md`A message may hold one command only, so nothing was done. Please send them one by one.`,
      };
    case 'missing': {
      const what = ARGUMENTS[problem.argument];
      return { zh: md`还缺少：**${what.zh}**。`, en: md`Still missing: **${what.en}**.` };
    }
    case 'surplus':
    case 'not-an-agent':
    case 'not-their-name':
    case 'heading':
    case 'unread':
      return notUnderstoodWords(problem);
    case 'everyone':
      return {
        zh: md`不能用 @所有人，请逐个 @ 客服。`,
        en: md`@all cannot be used here; mention the agents one by one.`,
      };
    case 'other-company':
      return {
        zh: md`“${shortened(problem.name, 60)}”是其他企业的人，只能选择本企业的成员。`,
        en: md`“${shortened(problem.name, 60)}” belongs to another company; only people of this company can be named.`,
      };
    case 'no-identity':
      return {
        zh: md`飞书没有说明“@${shortened(problem.name, 60)}”是谁，只给了名字。请改用其邮箱或 ou_…。`,
        en: md`Feishu does not tell who “@${shortened(problem.name, 60)}” is, only the name. Use their email address or ou_… id.`,
      };
    case 'no-name':
      return {
        zh: md`“${mentionOf(problem.text)}”不能写在这里：飞书没有给出它代表的名字。请不要用 @，直接把文字打出来。`,
        en: md`“${mentionOf(problem.text)}” cannot be written here: Feishu does not tell the name that it stands for. Type the words instead of a mention.`,
      };
    case 'bad-page':
      return {
        zh: md`“${shortened(problem.text, 60)}”不是页码。`,
        en: md`“${shortened(problem.text, 60)}” is not a page number.`,
      };
    case 'name-empty':
    case 'name-too-long':
      return nameWords(problem);
    case 'not-writable':
      return notWritableWords(problem);
    case 'blank-value':
      return {
        zh: md`要比较的值里没有任何看得见的字符。`,
        en: md`A value to compare with has nothing in it that can be seen.`,
      };
    default:
      return ruleWords(problem);
  }
}

/** The placeholder of everybody is known by a name. */
const mentionOf = (placeholder: string): string => (placeholder === '@_all' ? '@all' : shortened(placeholder, 60));

const unknownCommand = (text: string, nearest: string | undefined): Words =>
  nearest === undefined
    ? { zh: md`没有“${text}”这条命令。`, en: md`There is no command “${text}”.` }
    : {
        zh: md`没有“${text}”这条命令。是否想用 **${nearest}**？`,
        en: md`There is no command “${text}”. Did you mean **${nearest}**?`,
      };

function nameWords(problem: UsageProblem & { kind: 'name-empty' | 'name-too-long' }): Words {
  switch (problem.kind) {
    case 'name-empty':
      return { zh: md`名称不能为空。`, en: md`The name cannot be empty.` };
    case 'name-too-long':
      return {
        zh: md`名称有 ${problem.length} 个字符，最多 ${MAX_NAME_LENGTH} 个。机器人不会截断，所以什么都没有写入。`,
        en: md`The name has ${problem.length} characters; at most ${MAX_NAME_LENGTH} are possible. The bot does not cut names, so nothing was written.`,
      };
  }
}

/** Whoever names their conditions and departments at length shall still get a card that Feishu takes. */
const MAX_LISTED = 12;
const LISTED_LENGTH = 30;

/** The first of them in a row, and a sign that there are more. */
function listed(items: readonly string[], separator: string): string {
  return [...items.slice(0, MAX_LISTED), ...(items.length > MAX_LISTED ? ['…'] : [])].join(separator);
}

const inList = (name: string): string => shortened(name, LISTED_LENGTH);

type RuleProblem = Extract<
  UsageProblem,
  {
    kind:
      | 'unknown-condition'
      | 'ambiguous-condition'
      | 'unknown-operator'
      | 'operator-not-offered'
      | 'one-value-only'
      | 'one-or-several'
      | 'bad-value';
  }
>;

function ruleWords(problem: RuleProblem): Words {
  switch (problem.kind) {
    case 'ambiguous-condition': {
      const ids = problem.options.map(({ id }) => inList(id));
      return {
        zh: md`有 ${ids.length} 个条件都叫“${shortened(problem.text, 60)}”，请改写条件的 ID：${listed(ids, '、')}。`,
        en: md`${ids.length} conditions are called “${shortened(problem.text, 60)}”. Please write the id of the one you mean: ${listed(ids, ', ')}.`,
      };
    }
    case 'unknown-condition': {
      const options = problem.options.map((option) => ({ id: inList(option.id), ...conditionName(option) }));
      const inChinese = options.map(({ id, zh }) => `${inList(zh)}（${id}）`);
      const inEnglish = options.map(({ id, en }) => `${inList(en)} (${id})`);
      return {
        zh: md`没有“${shortened(problem.text, 60)}”这个条件。可用的有：${listed(inChinese, '、')}。`,
        en: md`There is no condition “${shortened(problem.text, 60)}”. There are: ${listed(inEnglish, ', ')}.`,
      };
    }
    case 'unknown-operator':
      return withOffer(
        {
          zh: md`“${shortened(problem.text, 60)}”不是运算符。`,
          en: md`“${shortened(problem.text, 60)}” is not an operator.`,
        },
        problem.offered,
      );
    case 'operator-not-offered':
      return withOffer(
        {
          zh: md`这个条件不能用“${shortened(problem.text, 60)}”。`,
          en: md`This condition does not take “${shortened(problem.text, 60)}”.`,
        },
        problem.offered,
      );
    case 'one-value-only':
      return {
        zh: md`这个运算符只比较一个值，收到了 ${problem.count} 个。`,
        en: md`This operator compares with one value; there were ${problem.count}.`,
      };
    case 'one-or-several': {
      const text = shortened(problem.text, 60);
      return {
        zh: md`“${text}”是一个值还是几个？一个值请放在引号里："${text}"；几个值请用顿号或空格隔开，不要用符号连接。`,
        en: md`Is “${text}” one value or several? Put one value in quotes: "${text}". Separate several by commas or spaces, without a sign between them.`,
      };
    }
    case 'bad-value':
      return badValue(problem);
  }
}

function withOffer({ zh, en }: Words, offered: readonly number[]): Words {
  const names = offered.map((number) => ({ number, ...operatorName(number) }));
  return {
    zh: md`${zh}可用的有：${names.map((name) => `${name.zh}（${name.number}）`).join('、')}。`,
    en: md`${en} It takes: ${names.map((name) => `${name.en} (${name.number})`).join(', ')}.`,
  };
}

/** What a value is not, after the value. */
const EXPECTED: Readonly<Record<ValueKind, Phrase>> = {
  text: phrase('不是一段文字', 'is not a text'),
  number: phrase('不是一个数字', 'is not a number'),
  source: phrase('不是来源', 'is not a ticket source'),
  language: phrase('不是语言', 'is not a language'),
  person: phrase('不是一个人（@ 本人、ou_… 或邮箱）', 'is not a person (an @mention, an ou_… id or an email address)'),
  department: phrase(
    '既不是部门的 ID（od-…），也不是本服务台用过的部门名称',
    'is neither a department’s id (od-…) nor the name of one that this helpdesk uses',
  ),
  category: phrase(
    '既不是知识库分类的 ID，也不是本服务台用过的分类名称',
    'is neither a knowledge base category’s id nor the name of one that this helpdesk uses',
  ),
};

function badValue({ text, expected, known }: UsageProblem & { kind: 'bad-value' }): Words {
  const what = EXPECTED[expected];
  const inChinese = known.map(({ zh }) => inList(zh));
  const inEnglish = known.map(({ en }) => inList(en));
  return {
    zh: md`“${shortened(text, 60)}”${what.zh}。${known.length > 0 ? `已知的有：${listed(inChinese, '、')}。` : ''}`,
    en: md`“${shortened(text, 60)}” ${what.en}. ${known.length > 0 ? `Known: ${listed(inEnglish, ', ')}.` : ''}`,
  };
}
