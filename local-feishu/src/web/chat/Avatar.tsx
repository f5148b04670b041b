interface Props {
  id: string;
  name: string;
  size?: 'tiny' | 'small' | 'normal';
  isBot?: boolean;
}

const HUES = 8;

/** A round with the last sign of a Chinese name or the initials of another, in the person's own colour; of a bot the first sign. */
export function Avatar({ id, name, size = 'normal', isBot = false }: Props) {
  const hue = [...id].reduce((sum, sign) => sum + sign.charCodeAt(0), 0) % HUES;
  return (
    <span class={`avatar avatar-${size} ${isBot ? 'avatar-bot' : `hue-${hue}`}`} aria-hidden="true">
      {isBot ? [...name][0] : initials(name)}
    </span>
  );
}

function initials(name: string): string {
  if (/\p{Script=Han}/u.test(name)) return [...name].at(-1) ?? '';
  const words = name.split(/\s+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}
