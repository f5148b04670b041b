import { z } from 'zod';
import { FORM_CONTROLS, FREE_CONTROLS } from './controls.ts';
import { DISPLAYS, table } from './displays.ts';
import { behaviors, confirm, panelIcon, panelTitle, plainText } from './texts.ts';
import {
  color,
  colorOrDefault,
  common,
  containerBackground,
  cornerRadius,
  horizontalAlign,
  layout,
  name,
  padding,
  platformUrl,
  spacing,
  url,
  verticalAlign,
} from './values.ts';

const link = z
  .strictObject({
    multi_url: z.strictObject({
      url: url.optional(),
      pc_url: platformUrl.optional(),
      ios_url: platformUrl.optional(),
      android_url: platformUrl.optional(),
    }),
  })
  .optional();

const panelHeader = z.strictObject({
  title: panelTitle.optional(),
  background_color: color.optional(),
  width: z.enum(['fill', 'auto', 'auto_when_fold']).optional(),
  vertical_align: verticalAlign.optional(),
  padding: padding.optional(),
  icon: panelIcon.optional(),
  icon_position: z.enum(['left', 'right', 'follow_text']).optional(),
  icon_expanded_angle: z.literal([-180, -90, 90, 180]).optional(),
});

const pixels = (pattern: RegExp, description: string) => z.string().regex(pattern, `must be ${description}`).optional();

/** Containers whose content is checked by `element`, which is asked only when a card is checked. */
function containers(element: () => z.ZodType) {
  const elements = z.array(z.lazy(element));
  const column = z.strictObject({
    tag: z.literal('column'),
    ...common,
    ...layout,
    width: pixels(/^(?:auto|weighted|(?:1[6-9]|[2-9]\d|[1-5]\d{2}|600)px)$/, 'auto, weighted or 16px to 600px'),
    weight: z.int().min(1).max(5).optional(),
    background_style: colorOrDefault.optional(),
    action: link,
    elements: elements.optional(),
  });
  const columnSet = z.strictObject({
    tag: z.literal('column_set'),
    ...common,
    columns: z.array(column),
    flex_mode: z.enum(['none', 'stretch', 'flow', 'bisect', 'trisect']).optional(),
    horizontal_spacing: spacing.optional(),
    horizontal_align: horizontalAlign.optional(),
    background_style: colorOrDefault.optional(),
    action: link,
  });
  const interactive = z.strictObject({
    tag: z.literal('interactive_container'),
    ...common,
    ...layout,
    width: pixels(/^(?:fill|auto|(?:1[6-9]|[2-9]\d|[1-9]\d{2})px)$/, 'fill, auto or 16px to 999px'),
    height: pixels(/^(?:auto|[1-9]\d{1,2}px)$/, 'auto or 10px to 999px'),
    background_style: containerBackground.optional(),
    has_border: z.boolean().optional(),
    border_color: color.optional(),
    corner_radius: cornerRadius.optional(),
    behaviors,
    hover_tips: plainText.optional(),
    disabled: z.boolean().optional(),
    disabled_tips: plainText.optional(),
    confirm: confirm.optional(),
    elements,
  });
  const panel = z.strictObject({
    tag: z.literal('collapsible_panel'),
    ...common,
    ...layout,
    expanded: z.boolean().optional(),
    background_color: color.optional(),
    header: panelHeader,
    border: z.strictObject({ color: color.optional(), corner_radius: cornerRadius.optional() }).optional(),
    elements: elements.optional(),
  });
  return [columnSet, interactive, panel] as const;
}

/** Anywhere but in a form. */
const nested: z.ZodType = z.discriminatedUnion('tag', [...DISPLAYS, ...FREE_CONTROLS, ...containers(() => nested)]);

/** Anywhere in a form. */
const inForm: z.ZodType = z.discriminatedUnion('tag', [...DISPLAYS, ...FORM_CONTROLS, ...containers(() => inForm)]);

const form = z.strictObject({ tag: z.literal('form'), ...common, ...layout, name, elements: z.array(inForm).min(1) });

/** Directly in the body: forms and tables too. */
export const rootElement = z.discriminatedUnion('tag', [
  ...DISPLAYS,
  ...FREE_CONTROLS,
  ...containers(() => nested),
  table,
  form,
]);
