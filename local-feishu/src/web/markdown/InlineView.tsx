import { PersonChip } from '../card/PersonChip.tsx';
import { useNames, useSession, useText } from '../lib/context.ts';
import { localeOf } from '../lib/reading.ts';
import type { Inline } from './nodes.ts';

const Inner = ({ nodes }: { nodes: Inline[] }) => (
  <>
    {nodes.map((node, index) => (
      <InlineView key={index} node={node} />
    ))}
  </>
);

/** One piece of a line. */
export function InlineView({ node }: { node: Inline }) {
  switch (node.kind) {
    case 'text':
      return <>{node.text}</>;
    case 'code':
      return <code>{node.text}</code>;
    case 'break':
      return <br />;
    case 'image':
      return <Image alt={node.alt} />;
    case 'at':
      return <Mention ids={node.ids} />;
    case 'person':
      return <PersonChip id={node.id} name={node.showName} avatar={node.showAvatar} capsule={node.capsule} />;
    case 'time':
      return <Time at={node.at} format={node.format} />;
    default:
      return <Holding node={node} />;
  }
}

type HoldingNode = Extract<Inline, { children: Inline[] }>;

function Holding({ node }: { node: HoldingNode }) {
  const inner = <Inner nodes={node.children} />;
  switch (node.kind) {
    case 'strong':
      return <strong>{inner}</strong>;
    case 'em':
      return <em>{inner}</em>;
    case 'del':
      return <del>{inner}</del>;
    case 'link':
      return (
        <a href={node.href} target="_blank" rel="noopener noreferrer">
          {inner}
        </a>
      );
    case 'font':
      return <span class={`ink-${colorWord(node.color)}`}>{inner}</span>;
    case 'tag':
      return <span class={`text-tag tone-${colorWord(node.color)}`}>{inner}</span>;
    case 'badge':
      return <span class="badge">{inner}</span>;
  }
}

/** The name of a colour without its shade, safe in a class name. */
export const colorWord = (color: string): string => /^[a-z]+/.exec(color.toLowerCase())?.[0] ?? 'default';

function Image({ alt }: { alt: string }) {
  const text = useText();
  return <span class="image-stand-in">[{alt === '' ? text('image') : alt}]</span>;
}

function Mention({ ids }: { ids: string[] }) {
  const nameOf = useNames();
  const text = useText();
  return (
    <>
      {ids.map((id) => (
        <span key={id} class="mention">
          @{id === 'all' ? text('everyone') : nameOf(id)}
        </span>
      ))}
    </>
  );
}

const FORMATS: Record<string, Intl.DateTimeFormatOptions> = {
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date_short: { month: 'short', day: 'numeric' },
  date: { dateStyle: 'long' },
  week: { weekday: 'long' },
  week_short: { weekday: 'short' },
  time: { hour: '2-digit', minute: '2-digit' },
  time_sec: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  timezone: { timeZoneName: 'short' },
};

function Time({ at, format }: { at: number; format: string }) {
  const { language } = useSession();
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <>{String(at)}</>;
  return (
    <time dateTime={date.toISOString()}>
      {new Intl.DateTimeFormat(localeOf(language), FORMATS[format]).format(date)}
    </time>
  );
}
