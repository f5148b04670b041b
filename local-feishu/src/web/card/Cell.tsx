import type { CardJson } from '../../json.ts';
import { useSession } from '../lib/context.ts';
import { localeOf, objectOf, objectsIn, textOf } from '../lib/reading.ts';
import { colorWord } from '../markdown/InlineView.tsx';
import { Markdown } from '../markdown/Markdown.tsx';
import { PersonChip } from './PersonChip.tsx';

/** One cell, by the type of its column. */
export function Cell({ column, value }: { column: CardJson; value: unknown }) {
  const { language } = useSession();
  switch (column.data_type) {
    case 'markdown':
    case 'lark_md':
      return <Markdown source={textOf(value) ?? ''} />;
    case 'number':
      return <>{numberText(column, value)}</>;
    case 'date':
      return <>{typeof value === 'number' ? new Date(value).toLocaleDateString(localeOf(language)) : ''}</>;
    case 'options':
      return <Options value={value} />;
    case 'persons':
      return (
        <>
          {[value].flat().map((id) => (
            <PersonChip key={String(id)} id={String(id)} name avatar capsule />
          ))}
        </>
      );
    default:
      return <>{textOf(value) ?? ''}</>;
  }
}

function numberText(column: CardJson, value: unknown): string {
  const { precision, symbol, separator } = objectOf(column.format);
  if (typeof value !== 'number') return '';
  const digits =
    typeof precision === 'number' ? { minimumFractionDigits: precision, maximumFractionDigits: precision } : {};
  return `${textOf(symbol) ?? ''}${value.toLocaleString('en', { ...digits, useGrouping: separator === true })}`;
}

function Options({ value }: { value: unknown }) {
  const options = typeof value === 'string' ? [{ text: value }] : objectsIn(value);
  return (
    <>
      {options.map((option, index) => (
        <span key={index} class={`text-tag tone-${colorWord(textOf(option.color) ?? 'blue')}`}>
          {textOf(option.text)}
        </span>
      ))}
    </>
  );
}
