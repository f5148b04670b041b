import { z } from 'zod';
import { color, colorOrDefault, count, elementId, horizontalAlign, platformUrl, textSize, url } from './values.ts';

export const LOCALES =
  'en_us zh_cn zh_hk zh_tw ja_jp id_id vi_vn th_th pt_br es_es ko_kr de_de fr_fr it_it ru_ru ms_my'.split(' ');

export const locale = z.enum(LOCALES);

/** One entry a locale, at least one; a closed object. */
export const byLocale = <Value extends z.ZodType>(value: Value) =>
  z
    .strictObject(Object.fromEntries(LOCALES.map((key) => [key, value.optional()])))
    .refine((texts) => Object.keys(texts).length > 0, 'needs a language');

const text100 = z.string().max(100, 'takes 100 characters at most');

export const i18nText = byLocale(z.string());
export const i18nText100 = byLocale(text100);

const tagged = <Tag extends string>(...tags: [Tag, ...Tag[]]) => ({
  tag: z.enum(tags),
  element_id: elementId.optional(),
});

export const plainText = z.strictObject({
  ...tagged('plain_text'),
  content: z.string(),
  i18n_content: i18nText.optional(),
});

/** Texts of buttons and menu entries. */
export const shortText = z.strictObject({
  ...tagged('plain_text'),
  content: text100,
  i18n_content: i18nText100.optional(),
});

export const placeholder = z.strictObject({
  ...tagged('plain_text'),
  content: text100.optional(),
  i18n_content: i18nText100.optional(),
});

export const divText = z.strictObject({
  ...tagged('plain_text', 'lark_md'),
  content: z.string(),
  i18n_content: i18nText.optional(),
  text_size: textSize.optional(),
  text_color: colorOrDefault.optional(),
  text_align: horizontalAlign.optional(),
  lines: count.optional(),
});

export const headerText = z
  .strictObject({
    tag: z.enum(['plain_text', 'lark_md']),
    content: z.string().optional(),
    i18n_content: i18nText.optional(),
  })
  .refine((text) => text.content !== undefined || text.i18n_content !== undefined, 'needs content or i18n_content');

export const panelTitle = z.strictObject({
  ...tagged('plain_text', 'markdown'),
  content: z.string().optional(),
  i18n_content: i18nText.optional(),
});

const standardIcon = {
  tag: z.literal('standard_icon'),
  token: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*_(?:outlined|filled|colorful)$/, 'must be an icon token'),
  color: color.optional(),
};
const customIcon = {
  tag: z.literal('custom_icon'),
  img_key: z.string().min(1),
  i18n_img_key: byLocale(z.string()).optional(),
};

export const icon = z.discriminatedUnion('tag', [z.strictObject(standardIcon), z.strictObject(customIcon)]);

const iconSize = z
  .string()
  .regex(/^[1-9]\d{0,2}px [1-9]\d{0,2}px$/, 'must be a size such as "16px 16px"')
  .optional();
export const panelIcon = z.discriminatedUnion('tag', [
  z.strictObject({ ...standardIcon, size: iconSize }),
  z.strictObject({ ...customIcon, size: iconSize }),
]);

export const confirm = z.strictObject({ title: plainText, text: plainText });

const callback = z.strictObject({ type: z.literal('callback'), value: z.record(z.string(), z.unknown()) });
const openUrl = z.strictObject({
  type: z.literal('open_url'),
  default_url: url,
  pc_url: platformUrl.optional(),
  ios_url: platformUrl.optional(),
  android_url: platformUrl.optional(),
});

/** Of buttons and interactive containers. */
export const behaviors = z.array(z.discriminatedUnion('type', [callback, openUrl])).min(1);
/** Of every other control. */
export const callbacks = z.array(callback).min(1);
