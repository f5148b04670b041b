import type { CardJson } from '../../json.ts';
import { useSession } from '../lib/context.ts';
import { objectsIn, textOf } from '../lib/reading.ts';
import { PersonChip } from './PersonChip.tsx';

/** Several people; those who do not exist are left out where the card says so. */
export function PersonList({ node }: { node: CardJson }) {
  const { members } = useSession();
  const ids = objectsIn(node.persons).flatMap(({ id }) => textOf(id) ?? []);
  const shown = node.drop_invalid_user_id === true ? ids.filter((id) => members.has(id)) : ids;
  return (
    <ul class="people">
      {shown.map((id) => (
        <li key={id}>
          <PersonChip id={id} name={node.show_name !== false} avatar={node.show_avatar === true} capsule />
        </li>
      ))}
    </ul>
  );
}

/** One person. */
export function Person({ node }: { node: CardJson }) {
  const avatar = node.show_avatar !== false;
  return (
    <PersonChip
      id={textOf(node.user_id) ?? ''}
      name={node.show_name === true}
      avatar={avatar}
      capsule={node.style === 'capsule'}
    />
  );
}
