import { type Phrase, say } from '../lib/phrase.ts';
import type { NotUndoable } from '../store/change.ts';
import { namesOf } from './describe.ts';
import { type CardJson, card, footnote, sentence } from './kit.ts';
import { pointlessCard } from './refused.ts';

/** A change that cannot be taken back, and why. */
export function notUndoableCard(why: NotUndoable): CardJson {
  const { change } = why;
  if (why.kind === 'pointless') return pointlessCard(change.skill_name, why.why, namesOf(change.people));
  return card({ title: say('无法撤销', 'Cannot be undone'), template: 'red' }, [
    sentence(reason(why)),
    footnote(say(`变更 ${change.id}`, `Change ${change.id}`)),
  ]);
}

function reason(why: Exclude<NotUndoable, { kind: 'pointless' }>): Phrase {
  switch (why.kind) {
    case 'not-written':
      return say(
        '这个变更没有写入过，没有可撤销的内容。',
        'This change was never written, so there is nothing to undo.',
      );
    case 'undone-already':
      return say(`它已被变更 ${why.by} 撤销。`, `Change ${why.by} has undone it already.`);
    case 'skill-gone':
      return say('技能已不存在。', 'The skill no longer exists.');
  }
}
