import type { Change } from '../../domain/change.ts';
import { phrase } from '../../lib/phrase.ts';
import { namesOf } from '../describe.ts';
import { type Block, button, type CardJson, card, divider, footnote, row } from '../kit.ts';
import { remarks } from '../remarks.ts';
import { askedBy, changeIdNote, effect, intentTitle, skillLine } from './parts.ts';

/** What would change, waiting for the one who asked. */
export function previewCard(change: Change): CardJson {
  const title = intentTitle(change.intent);
  return card({ title: phrase(`请确认：${title.zh}`, `Please confirm: ${title.en}`), template: 'orange' }, [
    skillLine(change),
    ...previewBody(change),
  ]);
}

/** Everything of a preview below the skill's name, with its buttons. */
export function previewBody(change: Change): Block[] {
  const destructive = change.target === undefined;
  const confirm = destructive ? phrase('确认删除', 'Delete') : phrase('确认', 'Confirm');
  const minutes = Math.max(1, Math.round((change.expiresAt - change.createdAt) / 60_000));
  return [
    ...effect(change, 'whole'),
    ...remarks(change.remarks, namesOf(change.people)),
    divider,
    askedBy(change),
    row([
      button(confirm, { action: 'change.confirm', id: change.id }, destructive ? 'danger' : 'primary'),
      button(phrase('取消', 'Cancel'), { action: 'change.cancel', id: change.id }),
    ]),
    footnote(
      phrase(
        `只有操作人能确认，${minutes} 分钟内有效。确认后以其本人身份写入飞书。`,
        `Only the one who asked can confirm, within ${minutes} min. It is then written to Feishu in their name.`,
      ),
    ),
    changeIdNote(change),
  ];
}
