import { type Phrase, say } from '../lib/phrase.ts';
import type { Pointless } from '../skills/apply.ts';
import type { OpenId } from '../skills/ids.ts';
import { MAX_NAME_LENGTH, type SkillSummary } from '../skills/skill.ts';
import type { Failure } from '../store/change.ts';
import { differences, type Names, nameList, ruleInWords } from './describe.ts';
import { failureElements } from './failure.ts';
import { commandHelp, type HelpEntry } from './help.ts';
import { type CardJson, card, divider, type Element, footnote, paragraph, people, sentence } from './kit.ts';
import { type Markdown, md, shortened } from './text.ts';

/** What was understood of a command that is written wrongly, what was expected, and an example. */
export const usageCard = (what: { zh: Markdown; en: Markdown }, understood: string, entry?: HelpEntry): CardJson =>
  card({ title: say('没看懂这条命令', 'This command was not understood'), template: 'red' }, [
    paragraph(what.zh, what.en),
    footnote(say(`收到：${shortened(understood, 100)}`, `Received: ${shortened(understood, 100)}`)),
    divider,
    ...(entry
      ? commandHelp(entry)
      : [paragraph(md`发送 **/skill help** 查看全部命令。`, md`Send **/skill help** for all commands.`)]),
  ]);

const ARGUMENTS: Readonly<Record<string, Phrase>> = {
  skill: say('哪个技能（ID、名称或名称的开头）', 'which skill (its id, its name or the beginning of it)'),
  agent: say('哪些客服（@ 本人、ou_… 或邮箱）', 'which agents (an @mention, an ou_… id or an email address)'),
  name: say('新的名称', 'the new name'),
  condition: say('哪个条件', 'which condition'),
  operator: say('哪个运算符', 'which operator'),
  value: say('比较的值', 'the value to compare with'),
  change: say('哪个变更', 'which change'),
};

export const missingArgument = (argument: string): { zh: Markdown; en: Markdown } => {
  const what = ARGUMENTS[argument] ?? say(argument, argument);
  return { zh: md`还缺少：**${what.zh}**。`, en: md`Still missing: **${what.en}**.` };
};

export const nameTooLong = (length: number): { zh: Markdown; en: Markdown } => ({
  zh: md`名称有 ${length} 个字符，最多 ${MAX_NAME_LENGTH} 个。为免截断，没有写入。`,
  en: md`The name has ${length} characters; at most ${MAX_NAME_LENGTH} are possible. It was not cut, so nothing was written.`,
});

/** No skill fits. */
export const skillUnknownCard = (text: string, nearest: readonly SkillSummary[]): CardJson =>
  card({ title: say('找不到这个技能', 'No such skill'), template: 'red' }, [
    paragraph(
      md`没有 ID、名称或名称开头是“${shortened(text, 60)}”的技能。`,
      md`No skill has the id, name or beginning of a name “${shortened(text, 60)}”.`,
    ),
    ...(nearest.length > 0 ? [paragraph(md`相近的有：`, md`Similar ones are:`)] : []),
    ...nearest.map((skill) =>
      paragraph(md`- ${shortened(skill.name, 60)}（${skill.id}）`, md`- ${shortened(skill.name, 60)} (${skill.id})`),
    ),
    footnote(say('发送 /skill list 查看全部技能。', 'Send /skill list for all skills.')),
  ]);

export const agentsUnknownCard = (emails: readonly string[]): CardJson =>
  card({ title: say('找不到这些人', 'These people were not found'), template: 'red' }, [
    sentence(say(`没有可见的用户使用：${emails.join('、')}`, `No user that the bot can see has: ${emails.join(', ')}`)),
    footnote(
      say(
        '只认工作邮箱，且对方须在应用的通讯录权限范围内。也可以直接 @ 本人。',
        'Only work addresses count, of people within the app’s contact range. An @mention always works.',
      ),
    ),
  ]);

/** The skill is already as asked for, or what was to be taken away is not there. */
export function pointlessCard(skillName: string, why: Pointless, names: Names): CardJson {
  return card({ title: say('无需修改', 'Nothing to change'), template: 'red' }, [
    paragraph(md`**技能**　${skillName}`, md`**Skill**　${skillName}`),
    ...pointless(why, names),
    footnote(say('什么都没有写入。', 'Nothing was written.')),
  ]);
}

function pointless(why: Pointless, names: Names): Element[] {
  switch (why.kind) {
    case 'name-unchanged':
      return [paragraph(md`名称已经是“${why.name}”。`, md`The name is “${why.name}” already.`)];
    case 'agents-already-there':
      return aboutPeople(say('这些客服已拥有该技能：', 'These agents hold the skill already: '), why.agent_ids, names);
    case 'agents-not-there':
      return aboutPeople(say('这些客服没有该技能：', 'These agents do not hold the skill: '), why.agent_ids, names);
    case 'agents-unchanged':
      return [sentence(say('客服已经正是这些人。', 'The agents are exactly these already.'))];
    case 'rule-already-there':
      return aboutRule(say('已有这个条件：', 'There is this rule already: '), ruleInWords(why.rule));
    case 'rule-unchanged':
      return aboutRule(say('条件已经是：', 'The rule already is: '), ruleInWords(why.rule));
    case 'rule-gone':
      return [sentence(say('这个条件已经不在了。', 'This rule is no longer there.'))];
    case 'nothing-left-to-undo':
      return [
        sentence(say('他人此后已改过，没有可撤销的内容：', 'Others have changed it since; nothing is left to undo:')),
        ...differences(why.kept, names),
      ];
  }
}

const aboutPeople = (what: Phrase, ids: readonly OpenId[], names: Names): Element[] => [
  paragraph(md`${what.zh}${nameList(ids, names, '、')}`, md`${what.en}${nameList(ids, names, ', ')}`),
  ...people(ids),
];

const aboutRule = (what: Phrase, rule: Phrase): Element[] => [
  paragraph(md`${what.zh}${rule.zh}`, md`${what.en}${rule.en}`),
];

/** A call to Feishu failed and nothing was changed. */
export const failureCard = (failure: Failure): CardJson =>
  card({ title: say('没有完成', 'It did not work'), template: 'red' }, [
    ...failureElements(failure),
    sentence(say('什么都没有修改。', 'Nothing was changed.')),
  ]);

/** Something in the bot itself went wrong. */
export const internalErrorCard = (reference: string): CardJson =>
  card({ title: say('机器人出错了', 'Something went wrong in the bot'), template: 'red' }, [
    sentence(
      say(
        '请稍后再试；如果一直这样，请联系机器人的管理员。',
        'Please try again in a moment; if it stays like this, tell whoever runs this bot.',
      ),
    ),
    footnote(say(`编号：${reference}`, `Reference: ${reference}`)),
  ]);

/** The chat or the person is not on the allow list. */
export const notAllowedCard = (): CardJson =>
  card({ title: say('这里不能使用', 'Not available here'), template: 'red' }, [
    sentence(
      say(
        '机器人的管理员限定了可以使用它的群和人，这里不在其中。',
        'Whoever runs this bot has limited the chats and people that may use it; this is not one of them.',
      ),
    ),
  ]);

/** A button whose server-side state is gone. */
export const viewGoneCard = (): CardJson =>
  card({ title: say('这张卡片已过期', 'This card is over'), template: 'grey' }, [
    sentence(say('请重新发送命令。', 'Please send the command again.')),
  ]);
