import { z } from 'zod';
import { rootElement } from './containers.ts';
import { byLocale, headerText, i18nText, icon, locale, plainText } from './texts.ts';
import { builtInSize, customName, elementId, layout, padding, platformUrl, tagColor, url } from './values.ts';

const rgba = z
  .string()
  .regex(/^rgba\(\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*[\d.]+\s*\)$/, 'must be rgba(r,g,b,a)');

const config = z.strictObject({
  update_multi: z.literal(true).optional(),
  width_mode: z.enum(['default', 'compact', 'fill']).optional(),
  enable_forward: z.boolean().optional(),
  enable_forward_interaction: z.boolean().optional(),
  summary: z.strictObject({ content: z.string().optional(), i18n_content: i18nText.optional() }).optional(),
  locales: z.array(locale).optional(),
  use_custom_translation: z.boolean().optional(),
  streaming_mode: z.boolean().optional(),
  streaming_config: z
    .strictObject({
      print_frequency_ms: z.record(z.string(), z.number()).optional(),
      print_step: z.record(z.string(), z.number()).optional(),
      print_strategy: z.enum(['fast', 'delay']).optional(),
    })
    .optional(),
  style: z
    .strictObject({
      text_size: z
        .record(
          customName,
          z.strictObject({
            default: builtInSize.optional(),
            pc: builtInSize.optional(),
            mobile: builtInSize.optional(),
          }),
        )
        .optional(),
      color: z.record(customName, z.strictObject({ light_mode: rgba, dark_mode: rgba })).optional(),
    })
    .optional(),
});

const textTags = z
  .array(
    z.strictObject({
      tag: z.literal('text_tag'),
      element_id: elementId.optional(),
      text: plainText.optional(),
      color: tagColor.optional(),
    }),
  )
  .max(3, 'takes 3 tags at most');

const header = z
  .strictObject({
    title: headerText,
    subtitle: headerText.optional(),
    text_tag_list: textTags.optional(),
    i18n_text_tag_list: byLocale(textTags).optional(),
    template: z
      .enum('blue wathet turquoise green yellow orange red carmine violet purple indigo grey default'.split(' '))
      .optional(),
    icon: icon.optional(),
    padding: padding.optional(),
  })
  .refine(
    (value) => value.text_tag_list === undefined || value.i18n_text_tag_list === undefined,
    'takes text_tag_list or i18n_text_tag_list, not both',
  );

const cardLink = z
  .strictObject({
    url: url.optional(),
    pc_url: platformUrl.optional(),
    ios_url: platformUrl.optional(),
    android_url: platformUrl.optional(),
  })
  .refine(
    (link) =>
      link.url !== undefined || [link.pc_url, link.ios_url, link.android_url].every((part) => part !== undefined),
    'needs url, or all of pc_url, ios_url and android_url',
  );

/** Card JSON 2.0, closed at every level. Source: /feishu-cards/card-json-v2-structure */
export const cardSchema = z.strictObject({
  schema: z.literal('2.0'),
  config: config.optional(),
  card_link: cardLink.optional(),
  header: header.optional(),
  body: z.strictObject({ ...layout, elements: z.array(rootElement) }).optional(),
});
