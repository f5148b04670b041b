import { z } from 'zod';
import type { CardJson } from '../json.ts';

/** A reader of cards: their language, and the names of the people they know. */
export interface Reader {
  language: 'zh_cn' | 'en_us';
  names: ReadonlyMap<string, string>;
}

const Text = z.object({ content: z.string(), i18n_content: z.record(z.string(), z.string()).optional() });

const Node = z.looseObject({
  tag: z.string().optional(),
  text: Text.optional(),
  elements: z.array(z.unknown()).optional(),
  columns: z.array(z.unknown()).optional(),
  persons: z.array(z.object({ id: z.string() })).optional(),
  placeholder: Text.optional(),
});
type Node = z.infer<typeof Node>;

const Card = z.object({
  header: z.object({ title: Text, template: z.string().optional() }).optional(),
  body: z.object({ elements: z.array(z.unknown()) }),
});

/** A card as lines of plain text, the way a terminal can show it. */
export function cardText(card: CardJson, reader: Reader): string[] {
  const { header, body } = Card.parse(card);
  const title = header ? [`[${header.template ?? 'default'}] ${read(header.title, reader)}`, ''] : [];
  return [...title, ...body.elements.flatMap((element) => lines(Node.parse(element), reader))];
}

const read = (text: z.infer<typeof Text>, { language }: Reader): string =>
  text.i18n_content?.[language] ?? text.content;

function lines(node: Node, reader: Reader): string[] {
  switch (node.tag) {
    case 'markdown':
      return plain(read(Text.parse(node), reader), reader).split('\n');
    case 'div':
      return node.text ? [read(node.text, reader)] : [];
    case 'hr':
      return ['──────────'];
    case 'button':
      return node.text ? [`( ${read(node.text, reader)} )`] : [];
    case 'person_list':
      return [(node.persons ?? []).map(({ id }) => `@${reader.names.get(id) ?? id}`).join('  ')];
    case 'column_set':
      return [(node.columns ?? []).flatMap((column) => lines(Node.parse(column), reader)).join('   ')];
    default:
      return fallback(node, reader);
  }
}

function fallback(node: Node, reader: Reader): string[] {
  const inner = (node.elements ?? []).flatMap((element) => lines(Node.parse(element), reader));
  return node.placeholder ? [`[ ${read(node.placeholder, reader)} ]`, ...inner] : inner;
}

/** Markdown without its signs; chips of people and times as words. */
function plain(markdown: string, { names, language }: Reader): string {
  return markdown
    .replace(/<br>/g, '\n')
    .replace(/<person id='([^']+)'[^>]*><\/person>/g, (_tag, id: string) => `@${names.get(id) ?? id}`)
    .replace(
      /<local_datetime millisecond='(\d+)' format_type='(\w+)'><\/local_datetime>/g,
      (_tag, at: string, form: string) => {
        const locale = language === 'zh_cn' ? 'zh-CN' : 'en-GB';
        return form === 'time'
          ? new Date(Number(at)).toLocaleTimeString(locale)
          : new Date(Number(at)).toLocaleDateString(locale);
      },
    )
    .replace(/<[^>]+>/g, '')
    .replace(/\*\*/g, '')
    .replace(/&#(\d+);/g, (_entity, code: string) => String.fromCodePoint(Number(code)));
}
