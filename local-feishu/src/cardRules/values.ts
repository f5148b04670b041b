import { z } from 'zod';

const oneOf = (pattern: RegExp, description: string) => z.string().regex(pattern, `must be ${description}`);

export const elementId = oneOf(
  /^[A-Za-z][A-Za-z0-9_]{0,19}$/,
  'an element id: a letter, then letters, digits or _, 20 at most',
);
export const name = z.string().min(1, 'must not be empty');
export const margin = oneOf(
  /^(?=\S+(?: \S+| \S+ \S+ \S+)?$)(?:-?\d{1,2}px|0)(?: (?:-?\d{1,2}px|0))*$/,
  '1, 2 or 4 margins from -99px to 99px',
);
export const padding = oneOf(
  /^(?=\S+(?: \S+| \S+ \S+ \S+)?$)(?:\d{1,2}px|0)(?: (?:\d{1,2}px|0))*$/,
  '1, 2 or 4 paddings from 0px to 99px',
);
export const spacing = oneOf(
  /^(?:small|medium|large|extra_large|\d{1,2}px)$/,
  'small, medium, large, extra_large or 0px to 99px',
);
export const controlWidth = oneOf(/^(?:default|fill|[1-9]\d{2,}px)$/, 'default, fill or at least 100px');
export const cornerRadius = oneOf(/^(?:\d+px|(?:\d{1,2}|100)%)$/, 'a radius in px or %');
export const url = oneOf(/^https?:\/\/[!-~]+$/, 'an http(s) URL, percent-encoded');
export const platformUrl = z.union([url, z.enum(['lark://msgcard/unsupported_action', ''])]);
export const openId = oneOf(/^ou_[A-Za-z0-9_-]+$/, 'an open_id');

const SHADED = 'blue|carmine|green|indigo|lime|orange|purple|red|sunflower|turquoise|violet|wathet|yellow';
const PALETTE = new RegExp(
  `^(?:white|bg-white|(?:${SHADED})(?:-(?:50|[1-9]00|350))?|grey(?:-(?:00|50|[1-9]00|350|650|950|1000))?)$`,
);
const TEXT_SIZES = new Set(
  'heading-0 heading-1 heading-2 heading-3 heading-4 heading normal notation xxxx-large xxx-large xx-large x-large large medium small x-small'.split(
    ' ',
  ),
);
/** A name that `config.style` may declare; that it does is checked on the whole card. */
const CUSTOM = /^[A-Za-z][A-Za-z0-9]*[-_][A-Za-z0-9_-]+$/;

export const isBuiltInColor = (value: string): boolean => PALETTE.test(value);
export const isBuiltInSize = (value: string): boolean => TEXT_SIZES.has(value);

const colorOr = (...words: string[]) =>
  z
    .string()
    .refine((value) => words.includes(value) || isBuiltInColor(value) || CUSTOM.test(value), 'must be a colour');

export const color = colorOr();
/** Colours of texts and backgrounds, which know `default` too. */
export const colorOrDefault = colorOr('default');
export const containerBackground = colorOr('default', 'laser');
export const textSize = z.string().refine((value) => isBuiltInSize(value) || CUSTOM.test(value), 'must be a text size');
export const builtInSize = z.string().refine(isBuiltInSize, 'must be a built-in text size');
export const customName = oneOf(CUSTOM, 'a style name with - or _');

export const horizontalAlign = z.enum(['left', 'center', 'right']);
export const verticalAlign = z.enum(['top', 'center', 'bottom']);
export const personSize = z.enum(['extra_small', 'small', 'medium', 'large']);
export const count = z.int().min(1);
export const tagColor = z.enum(
  'neutral blue turquoise lime orange violet indigo wathet green yellow red purple carmine'.split(' '),
);

/** On every component. */
export const common = { element_id: elementId.optional(), margin: margin.optional() };

/** On body, form, column, interactive_container and collapsible_panel. */
export const layout = {
  direction: z.enum(['vertical', 'horizontal']).optional(),
  padding: padding.optional(),
  horizontal_spacing: spacing.optional(),
  vertical_spacing: spacing.optional(),
  horizontal_align: horizontalAlign.optional(),
  vertical_align: verticalAlign.optional(),
};
