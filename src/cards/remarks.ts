import type { Remark } from '../domain/remark.ts';
import { differences, type Names, nameList } from './describe.ts';
import { type Block, paragraph } from './kit.ts';
import { md, shownName } from './text.ts';

/** What the person should know before confirming. */
export const remarks = (items: readonly Remark[], names: Names): Block[] =>
  items.flatMap((item) => remark(item, names));

function remark(item: Remark, names: Names): Block[] {
  switch (item.kind) {
    case 'already-there':
      return [
        paragraph(
          md`ℹ️ 已在其中，不变：${nameList(item.agentIds, names, 'zh')}`,
          md`ℹ️ Already there, left as they are: ${nameList(item.agentIds, names, 'en')}`,
        ),
      ];
    case 'not-there':
      return [
        paragraph(
          md`ℹ️ 本来就不在其中：${nameList(item.agentIds, names, 'zh')}`,
          md`ℹ️ Not there in the first place: ${nameList(item.agentIds, names, 'en')}`,
        ),
      ];
    case 'nobody-left':
      return [
        paragraph(
          md`⚠️ **没有客服拥有该技能**，匹配的工单无人可分。`,
          md`⚠️ **Nobody will hold this skill**: tickets that match it find no agent.`,
        ),
      ];
    case 'not-agents':
      return [
        paragraph(
          md`⚠️ 不是本服务台的客服：${nameList(item.agentIds, names, 'zh')}。飞书可能会拒绝，或不向其分配工单。`,
          md`⚠️ Not agents of this helpdesk: ${nameList(item.agentIds, names, 'en')}. Feishu may refuse them or never route a ticket to them.`,
        ),
      ];
    case 'kept-since':
      return [
        paragraph(md`⚠️ 此后又有改动，以下保持现状：`, md`⚠️ Changed again since; these stay as they are now:`),
        ...differences(item.kept, names),
      ];
    case 'changed-meanwhile':
      return [
        paragraph(md`⚠️ 预览之后有了这些变化：`, md`⚠️ This has changed since the preview:`),
        ...differences(item.differences, names),
      ];
    case 'operand-guessed':
      return [
        paragraph(
          md`⚠️ 这种条件的值该写成什么格式只能推测：本服务台没有可照的先例，飞书文档也没有说明。写入后会读回核对，请在控制台也看一眼。`,
          md`⚠️ How the values of this condition are written is a guess: no rule of this helpdesk shows it, and Feishu does not document it. It is read back after the write; please have a look in the console too.`,
        ),
      ];
    case 'named-by-rules':
      return item.values.map(({ id, name, skill }) =>
        paragraph(
          md`⚠️ “${name}”按 **${id}** 写入：这个名称只见于技能“${shownName(skill.name)}”（${skill.id}）的条件，机器人无法向飞书核对。请确认就是它。`,
          md`⚠️ “${name}” is written as **${id}**: the name is known only from a rule of the skill “${shownName(skill.name)}” (${skill.id}), and the bot cannot check it with Feishu. Please make sure that it is the one.`,
        ),
      );
    case 'same-name':
      return [
        paragraph(
          md`⚠️ 已有同名（或看起来同名）的技能：${item.skills.join('、')}`,
          md`⚠️ There is a skill already whose name is, or looks, the same: ${item.skills.join(', ')}`,
        ),
      ];
    case 'maybe-done':
      return [
        paragraph(
          md`⚠️ 之前的同一操作**结果未知，仍有可能生效**；再次确认前，请先在控制台看一眼。`,
          md`⚠️ The same was asked for before and **may still take effect**: nobody knows what came of it. Have a look in the console before you confirm.`,
        ),
      ];
    case 'new-id':
      return [
        paragraph(
          md`ℹ️ 恢复的技能会得到**新的 ID**；引用旧 ID 的地方需要更新。`,
          md`ℹ️ The restored skill gets a **new id**; whatever refers to the old one has to be updated.`,
        ),
      ];
  }
}
