import type { Pointless } from '../domain/apply.ts';
import type { Failure } from '../domain/change.ts';
import type { OpenId, ViewId } from '../domain/ids.ts';
import type { Agent, Rule, Skill, SkillSummary } from '../domain/skill.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { differences, type Names, nameList, namesOf, ruleBlock } from './describe.ts';
import { failureElements } from './failure.ts';
import { type Block, type CardJson, card, footnote, Graded, MAX_CHIPS, paragraph, people, sentence } from './kit.ts';
import { candidateButtons, RULES_PER_PAGE, rulesLeftOut } from './skills.ts';
import { md, plain, shortened, shownName, type Words } from './text.ts';

/** What a command could not find or do, once it was understood. */
export type Refusal =
  | { kind: 'skill-unknown'; text: string; nearest: SkillSummary[] }
  | { kind: 'agents-unknown'; emails: string[] }
  | { kind: 'pointless'; skillName: string; people: Agent[]; why: Pointless }
  | { kind: 'rule-unknown'; skill: Skill; condition: Phrase }
  | { kind: 'rule-ambiguous'; skill: Skill; rules: Rule[] }
  | { kind: 'default-skill'; skill: Skill }
  | { kind: 'no-agents'; skill: Skill }
  | { kind: 'change-unknown'; text: string }
  | { kind: 'nothing-to-undo' }
  | { kind: 'too-large' };

/** The command is clear, but cannot be carried out. With a view a similar skill can be picked. */
export function refusalCard(refusal: Refusal, viewId?: ViewId): CardJson {
  switch (refusal.kind) {
    case 'skill-unknown':
      return skillUnknownCard(refusal.text, refusal.nearest, viewId);
    case 'agents-unknown':
      return agentsUnknownCard(refusal.emails);
    case 'pointless':
      return pointlessCard(refusal.skillName, refusal.why, namesOf(refusal.people));
    case 'rule-unknown':
    case 'rule-ambiguous':
      return ruleCard(refusal);
    case 'no-agents':
      return plainRefusal(phrase('没有客服', 'No agents'), [
        paragraph(
          md`“${shownName(refusal.skill.name)}”没有客服，无可移除。`,
          md`“${shownName(refusal.skill.name)}” has no agents that could be removed.`,
        ),
      ]);
    case 'default-skill':
      return plainRefusal(phrase('默认技能不能删除', 'The default skill cannot be deleted'), [
        paragraph(
          md`“${shownName(refusal.skill.name)}”是默认技能。`,
          md`“${shownName(refusal.skill.name)}” is the default skill.`,
        ),
      ]);
    case 'change-unknown':
      return plainRefusal(phrase('找不到这个变更', 'No such change'), [
        paragraph(
          md`没有编号为“${shortened(refusal.text, 40)}”的变更。发送 **/skill history** 查看。`,
          md`There is no change “${shortened(refusal.text, 40)}”. Send **/skill history** to see what there is.`,
        ),
      ]);
    case 'too-large':
      return plainRefusal(phrase('一次改动太多', 'Too much at once'), [
        paragraph(
          md`这个变更多到一张卡片放不下。机器人只写入你能看到的内容，请分几次进行。`,
          md`This change is too large to be shown on one card. The bot writes only what you can see, so please do it in parts.`,
        ),
      ]);
    case 'nothing-to-undo':
      return plainRefusal(phrase('没有可撤销的变更', 'Nothing to undo'), [
        paragraph(
          md`你通过机器人做过的变更都已撤销，或还没有做过。发送 **/skill history** 查看全部。`,
          md`You have not changed anything through the bot that is still to be undone. Send **/skill history** to see everything.`,
        ),
      ]);
  }
}

const plainRefusal = (title: Phrase, elements: readonly Block[]): CardJson =>
  card({ title, template: 'red' }, elements);

function ruleCard(refusal: Refusal & { kind: 'rule-unknown' | 'rule-ambiguous' }): CardJson {
  const { skill } = refusal;
  const several = refusal.kind === 'rule-ambiguous';
  const title = several
    ? phrase('有几个这样的条件', 'There are several such rules')
    : phrase('没有这个条件', 'No such rule');
  const rules = several ? refusal.rules : skill.rules;
  const shown = rules.slice(0, RULES_PER_PAGE);
  return plainRefusal(title, [
    paragraph(md`**技能**　${shownName(skill.name)}`, md`**Skill**　${shownName(skill.name)}`),
    several
      ? sentence(phrase('请写上运算符，或用表单选择：', 'Please add the operator, or choose in the form:'))
      : sentence(phrase('它的条件是：', 'Its rules are:')),
    ...(rules.length === 0 ? [sentence(phrase('（没有条件）', '(none)'))] : []),
    ...shown.map((rule) => ruleBlock({ zh: md`-`, en: md`-` }, rule, namesOf(skill.agents))),
    ...rulesLeftOut(rules.length - shown.length, skill),
    footnote(skill.rules.length === 0 ? FIRST_RULE : OTHER_RULE),
  ]);
}

const FIRST_RULE = phrase('发送 /skill add-rule 添加第一个条件。', 'Send /skill add-rule to add the first one.');
const OTHER_RULE = phrase(
  '发送 /skill edit-rule 或 /skill remove-rule 打开表单。',
  'Send /skill edit-rule or /skill remove-rule for the form.',
);

/** A refusal as one sentence, for a form that stays open. */
export function refusalWords(refusal: Refusal): Words {
  switch (refusal.kind) {
    case 'skill-unknown':
      return {
        zh: md`没有“${shortened(refusal.text, 60)}”这个技能。`,
        en: md`There is no skill “${shortened(refusal.text, 60)}”.`,
      };
    case 'pointless':
      return { zh: md`这样填写不会带来任何变化。`, en: md`Filled in like this, nothing would change.` };
    case 'rule-unknown':
    case 'rule-ambiguous':
      return { zh: md`这个条件已不在了，请重新选择。`, en: md`This rule is no longer there; please choose again.` };
    case 'agents-unknown':
      return {
        zh: md`找不到：${shortened(refusal.emails.join('、'), MAX_LISTED)}`,
        en: md`Not found: ${shortened(refusal.emails.join(', '), MAX_LISTED)}`,
      };
    case 'no-agents':
      return { zh: md`这个技能没有客服。`, en: md`This skill has no agents.` };
    case 'default-skill':
      return { zh: md`默认技能不能删除。`, en: md`The default skill cannot be deleted.` };
    case 'too-large':
      return { zh: md`一次改动太多，请分几次进行。`, en: md`This is too much at once; please do it in parts.` };
    case 'change-unknown':
    case 'nothing-to-undo':
      return { zh: md`找不到这个变更。`, en: md`There is no such change.` };
  }
}

/** No skill fits. */
const skillUnknownCard = (text: string, nearest: readonly SkillSummary[], viewId: ViewId | undefined): CardJson =>
  card({ title: phrase('找不到这个技能', 'No such skill'), template: 'red' }, [
    paragraph(
      md`没有 ID、名称或名称开头是“${shortened(text, 60)}”的技能。`,
      md`No skill has the id, name or beginning of a name “${shortened(text, 60)}”.`,
    ),
    ...(viewId === undefined || nearest.length === 0
      ? []
      : [
          sentence(phrase('相近的有，点击即继续：', 'Similar ones are; press one to go on with it:')),
          ...candidateButtons(nearest, viewId),
        ]),
    footnote(phrase('发送 /skill list 查看全部技能。', 'Send /skill list for all skills.')),
  ]);

const MAX_LISTED = 1_000;

const agentsUnknownCard = (emails: readonly string[]): CardJson =>
  card({ title: phrase('找不到这些人', 'These people were not found'), template: 'red' }, [
    sentence(
      phrase(
        plain`没有可见的用户使用：${shortened(emails.join('、'), MAX_LISTED)}`,
        plain`No user that the bot can see has: ${shortened(emails.join(', '), MAX_LISTED)}`,
      ),
    ),
    footnote(
      phrase(
        '只认工作邮箱，且对方须在应用的通讯录权限范围内。也可以直接 @ 本人。',
        'Only work addresses count, of people within the app’s contact range. An @mention always works.',
      ),
    ),
  ]);

/** The skill is already as asked for, or what was to be taken away is not there. */
export function pointlessCard(skillName: string, why: Pointless, names: Names): CardJson {
  return card({ title: phrase('无需修改', 'Nothing to change'), template: 'red' }, [
    paragraph(md`**技能**　${shownName(skillName)}`, md`**Skill**　${shownName(skillName)}`),
    ...pointless(why, names),
    footnote(phrase('什么都没有写入。', 'Nothing was written.')),
  ]);
}

function pointless(why: Pointless, names: Names): Block[] {
  switch (why.kind) {
    case 'name-unchanged':
      return [paragraph(md`名称已经是“${shownName(why.name)}”。`, md`The name is “${shownName(why.name)}” already.`)];
    case 'agents-already-there':
      return aboutPeople(phrase('这些客服已拥有该技能：', 'These agents hold the skill already:'), why.agentIds, names);
    case 'agents-not-there':
      return aboutPeople(phrase('这些客服没有该技能：', 'These agents do not hold the skill:'), why.agentIds, names);
    case 'agents-unchanged':
      return [sentence(phrase('客服已经正是这些人。', 'The agents are exactly these already.'))];
    case 'rule-already-there':
      return [ruleBlock({ zh: md`已有这个条件：`, en: md`There is this rule already:` }, why.rule, names)];
    case 'rule-unchanged':
      return [ruleBlock({ zh: md`条件已经是：`, en: md`The rule already is:` }, why.rule, names)];
    case 'rule-gone':
      return [sentence(phrase('这个条件已经不在了。', 'This rule is no longer there.'))];
    case 'nothing-left-to-undo':
      return [
        sentence(phrase('此后又有改动，没有可撤销的内容：', 'It has been changed since; nothing is left to undo:')),
        ...differences(why.kept, names),
      ];
  }
}

const aboutPeople = (what: Phrase, ids: readonly OpenId[], names: Names): Block[] => [
  new Graded([
    [
      paragraph(md`${what.zh}${nameList(ids, names, 'zh')}`, md`${what.en} ${nameList(ids, names, 'en')}`),
      ...people(ids),
    ],
    [sentence(what), ...people(ids.slice(0, MAX_CHIPS))],
  ]),
];

/** A call to Feishu failed and nothing was changed. `checkUrl`: only for a card that nobody else sees. */
export const failureCard = (failure: Failure, checkUrl?: string): CardJson =>
  card({ title: phrase('没有完成', 'It did not work'), template: 'red' }, [
    ...failureElements(failure, checkUrl),
    sentence(phrase('什么都没有修改。', 'Nothing was changed.')),
  ]);

/** Something in the bot itself went wrong. */
export const internalErrorCard = (reference: string): CardJson =>
  card({ title: phrase('机器人出错了', 'Something went wrong in the bot'), template: 'red' }, [
    sentence(
      phrase(
        '请稍后再试；如果一直这样，请联系机器人的管理员。',
        'Please try again in a moment; if it stays like this, tell whoever runs this bot.',
      ),
    ),
    footnote(phrase(`编号：${reference}`, `Reference: ${reference}`)),
  ]);

/** A message or a click on which the bot has died again and again, and which it tries no more. */
export const setAsideCard = (reference: string): CardJson =>
  card({ title: phrase('这个请求没有完成', 'This request was not carried out'), template: 'red' }, [
    sentence(
      phrase(
        '处理这条消息或这次点击时，机器人多次意外中断，现已停止重试。请求保留着，机器人的管理员可以看到它，并让它重新处理。',
        'The bot broke down several times while it worked on this message or click, and has stopped trying. The request is kept; whoever runs the bot can see it and have it tried again.',
      ),
    ),
    sentence(
      phrase(
        '如果这是一次修改，请先用 /skill history 查看它是否已经生效，再决定要不要重做。',
        'If it was to change something, see with /skill history whether it took effect before you ask for it again.',
      ),
    ),
    footnote(phrase(`编号：${reference}`, `Reference: ${reference}`)),
  ]);

/** The chat or the person is not on the allow list. */
export const notAllowedCard = (): CardJson =>
  card({ title: phrase('这里不能使用', 'Not available here'), template: 'red' }, [
    sentence(
      phrase(
        '机器人的管理员限定了可以使用它的群和人，这里不在其中。',
        'Whoever runs this bot has limited the chats and people that may use it; this is not one of them.',
      ),
    ),
  ]);

/** Why somebody of another company is refused. */
export const OTHER_COMPANY = phrase(
  '机器人只为应用所属企业的成员服务。',
  'The bot serves only people of the company that it belongs to.',
);

/** Somebody of another company has asked for something. */
export const otherCompanyCard = (): CardJson =>
  card({ title: phrase('这里不能使用', 'Not available here'), template: 'red' }, [sentence(OTHER_COMPANY)]);

/** A button whose server-side state is gone. */
export const viewGoneCard = (): CardJson =>
  card({ title: phrase('这张卡片已过期', 'This card is over'), template: 'grey' }, [
    sentence(phrase('请重新发送命令。', 'Please send the command again.')),
  ]);
