import { Avatar } from '../chat/Avatar.tsx';
import { useNames } from '../lib/context.ts';

interface Props {
  id: string;
  name: boolean;
  avatar: boolean;
  capsule?: boolean;
}

/** Avatar and name of a person. */
export function PersonChip({ id, name, avatar, capsule = false }: Props) {
  const shown = useNames()(id);
  return (
    <span class={capsule ? 'person capsule' : 'person'} title={shown}>
      {avatar && <Avatar id={id} name={shown} size="tiny" />}
      {name ? <span>{shown}</span> : <span class="hidden">{shown}</span>}
    </span>
  );
}
