import { z } from 'zod';
import { divText, i18nText, icon } from './texts.ts';
import { common, count, horizontalAlign, name, personSize, textSize, verticalAlign } from './values.ts';

const markdown = z.strictObject({
  tag: z.literal('markdown'),
  ...common,
  content: z.string(),
  i18n_content: i18nText.optional(),
  text_size: textSize.optional(),
  text_align: horizontalAlign.optional(),
  icon: icon.optional(),
});

const div = z.strictObject({
  tag: z.literal('div'),
  ...common,
  width: z
    .string()
    .regex(/^(?:fill|auto|(?:1[6-9]|[2-9]\d|[1-9]\d{2})px)$/, 'must be fill, auto or 16px to 999px')
    .optional(),
  text: divText.optional(),
  icon: icon.optional(),
});

const hr = z.strictObject({ tag: z.literal('hr'), ...common });

const personStyle = {
  size: personSize.optional(),
  show_avatar: z.boolean().optional(),
  show_name: z.boolean().optional(),
};

const person = z.strictObject({
  tag: z.literal('person'),
  ...common,
  ...personStyle,
  style: z.enum(['normal', 'capsule']).optional(),
  user_id: name,
});

const personList = z.strictObject({
  tag: z.literal('person_list'),
  ...common,
  ...personStyle,
  drop_invalid_user_id: z.boolean().optional(),
  lines: count.optional(),
  persons: z.array(z.strictObject({ id: name })),
  icon: icon.optional(),
});

/** Components that only show something; they go anywhere. */
export const DISPLAYS = [markdown, div, hr, person, personList] as const;

const tableColumn = z.strictObject({
  name,
  data_type: z.enum(['text', 'lark_md', 'options', 'number', 'persons', 'date', 'markdown']),
  display_name: z.string().optional(),
  width: z
    .string()
    .regex(/^(?:auto|(?:[89]\d|[1-5]\d{2}|600)px|(?:[1-9]\d?|100)%)$/, 'must be auto, 80px to 600px or 1% to 100%')
    .optional(),
  horizontal_align: horizontalAlign.optional(),
  vertical_align: verticalAlign.optional(),
  format: z
    .strictObject({
      precision: z.int().min(0).max(10).optional(),
      symbol: z.string().max(1).optional(),
      separator: z.boolean().optional(),
    })
    .optional(),
  date_format: z.string().optional(),
});

const tableHeader = z.strictObject({
  text_align: horizontalAlign.optional(),
  text_size: z.enum(['normal', 'heading']).optional(),
  background_style: z.enum(['grey', 'none']).optional(),
  text_color: z.enum(['default', 'grey']).optional(),
  bold: z.boolean().optional(),
  lines: count.optional(),
});

/** Only directly in the body. Cells are checked against their columns on the whole card. */
export const table = z.strictObject({
  tag: z.literal('table'),
  ...common,
  columns: z.array(tableColumn).max(50, 'takes 50 columns at most'),
  rows: z.array(z.record(z.string(), z.unknown())),
  page_size: z.int().min(1).max(10).optional(),
  row_height: z
    .string()
    .regex(/^(?:low|middle|high|auto|(?:3[2-9]|[4-9]\d|1[01]\d|12[0-4])px)$/, 'must be a row height')
    .optional(),
  row_max_height: z
    .string()
    .regex(/^(?:3[2-9]|[4-9]\d|[1-9]\d{2})px$/, 'must be 32px to 999px')
    .optional(),
  freeze_first_column: z.boolean().optional(),
  header_style: tableHeader.optional(),
});
