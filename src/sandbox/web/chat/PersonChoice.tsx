import type { PersonKey } from '../../types.ts';
import { useSession, useText } from '../lib/context.ts';
import { Avatar } from './Avatar.tsx';

const PEOPLE: readonly PersonKey[] = ['admin', 'owner', 'employee'];

/** Whom the page acts for. */
export function PersonChoice({ onPerson }: { onPerson(person: PersonKey): void }) {
  const { as, setting, language } = useSession();
  const text = useText();
  return (
    <fieldset class="person-choice">
      <legend>{text('you')}</legend>
      {PEOPLE.map((key) => {
        const person = setting.people[key];
        const name = language === 'zh' ? person.name : `${person.enName}`;
        return (
          <label key={key} class={key === as ? 'person-option chosen' : 'person-option'}>
            <input type="radio" name="person" value={key} checked={key === as} onChange={() => onPerson(key)} />
            <Avatar id={person.openId} name={person.name} size="small" />
            <span class="person-words">
              <span class="person-name">{name}</span>
              <span class="person-role">{text(key)}</span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
