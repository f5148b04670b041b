import type { NotUndoable } from '../domain/change.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import { changeIdNote, intentTitle } from './change/parts.ts';
import { namesOf } from './describe.ts';
import { type CardJson, card, paragraph, sentence } from './kit.ts';
import { pointlessCard } from './refused.ts';
import { md, shownName } from './text.ts';

/** A change that cannot be taken back, and why. */
export function notUndoableCard(why: NotUndoable): CardJson {
  const { change } = why;
  if (why.kind === 'pointless') return pointlessCard(change.skillName, why.why, namesOf(change.people));
  return card({ title: phrase('无法撤销', 'Cannot be undone'), template: 'red' }, [
    paragraph(
      md`**${intentTitle(change.intent).zh}**　${shownName(change.skillName)}`,
      md`**${intentTitle(change.intent).en}**　${shownName(change.skillName)}`,
    ),
    sentence(reason(why)),
    changeIdNote(change),
  ]);
}

function reason(why: Exclude<NotUndoable, { kind: 'pointless' }>): Phrase {
  switch (why.kind) {
    case 'not-written':
      return phrase(
        '这个变更没有写入过，没有可撤销的内容。',
        'This change was never written, so there is nothing to undo.',
      );
    case 'not-known':
      return phrase(
        '还不知道这个变更是否生效，机器人仍在核对；一有结果就能撤销。',
        'It is not known yet whether this change was done; the bot keeps looking, and it can be undone as soon as that is known.',
      );
    case 'undone-already':
      return phrase(`它已被变更 ${why.by} 撤销。`, `Change ${why.by} has undone it already.`);
    case 'skill-gone':
      return phrase('技能已不存在。', 'The skill no longer exists.');
  }
}
