import { useSession, useText } from '../lib/context.ts';
import { roleOf } from '../lib/texts.ts';
import { Avatar } from './Avatar.tsx';

/** Whom the page acts for. */
export function PersonChoice({ onPerson }: { onPerson(person: string): void }) {
  const { as, setting, language } = useSession();
  const text = useText();
  return (
    <fieldset class="person-choice">
      <legend>{text('you')}</legend>
      {Object.values(setting.people).map((person) => {
        const { key } = person;
        const name = language === 'zh' ? person.name : `${person.enName}`;
        return (
          <label key={key} class={key === as ? 'person-option chosen' : 'person-option'}>
            <input type="radio" name="person" value={key} checked={key === as} onChange={() => onPerson(key)} />
            <Avatar id={person.openId} name={person.name} size="small" />
            <span class="person-words">
              <span class="person-name">{name}</span>
              <span class="person-role">{roleOf(key, language)}</span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
