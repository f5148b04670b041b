import type { CardJson } from '../../json.ts';
import { useSession } from '../lib/context.ts';
import { listFor, textOf, wordsOf } from '../lib/reading.ts';
import { colorWord } from '../markdown/InlineView.tsx';

/** Title, subtitle and tags on the template's colour. Nothing when the card has no header. */
export function CardHeader({ header }: { header: CardJson }) {
  const { language } = useSession();
  const title = wordsOf(header.title, language);
  const subtitle = wordsOf(header.subtitle, language);
  const tags = listFor(header.i18n_text_tag_list, header.text_tag_list, language);
  if (title === '' && subtitle === '' && tags.length === 0) return null;
  return (
    <header class={`card-header template-${colorWord(textOf(header.template) ?? 'default')}`}>
      <div class="card-title">
        <strong>{title}</strong>
        {tags.map((tag, index) => (
          <span key={index} class={`text-tag tone-${colorWord(textOf(tag.color) ?? 'blue')}`}>
            {wordsOf(tag.text, language)}
          </span>
        ))}
      </div>
      {subtitle !== '' && <div class="card-subtitle">{subtitle}</div>}
    </header>
  );
}
