import { z } from 'zod';
import { behaviors, callbacks, confirm, i18nText, icon, placeholder, plainText, shortText } from './texts.ts';
import { common, controlWidth, count, name, openId, platformUrl, url } from './values.ts';

const flag = z.boolean().optional();
const tips = { disabled: flag, disabled_tips: plainText.optional() };
const control = { ...common, width: controlWidth.optional(), confirm: confirm.optional() };

/** In a form a control needs a name, may be required, and needs no callback of its own. */
const inFormOnly = { name, required: flag, behaviors: callbacks.optional() };
const select = {
  ...control,
  type: z.enum(['default', 'text']).optional(),
  disabled: flag,
  placeholder: placeholder.optional(),
};
const single = {
  select_static: { initial_option: z.string().optional(), initial_index: z.int().min(0).optional() },
  select_person: { initial_option: openId.optional() },
};
const options = {
  static: z.array(z.strictObject({ text: plainText, value: z.string(), icon: icon.optional() })).optional(),
  person: z.array(z.strictObject({ value: openId })).optional(),
};
const distinct = <Item extends z.ZodType>(item: Item) =>
  z.array(item).refine((items) => new Set(items).size === items.length, 'has a value twice');

const button = {
  tag: z.literal('button'),
  ...control,
  ...tips,
  type: z
    .enum([
      'default',
      'primary',
      'danger',
      'text',
      'primary_text',
      'danger_text',
      'primary_filled',
      'danger_filled',
      'laser',
    ])
    .optional(),
  size: z.enum(['tiny', 'small', 'medium', 'large']).optional(),
  text: shortText.optional(),
  icon: icon.optional(),
  hover_tips: plainText.optional(),
};

const input = {
  tag: z.literal('input'),
  ...control,
  ...tips,
  placeholder: placeholder.optional(),
  default_value: z.string().optional(),
  i18n_default_value: i18nText.optional(),
  max_length: z.int().min(1).max(1000).optional(),
  input_type: z.enum(['text', 'multiline_text', 'password']).optional(),
  show_icon: flag,
  rows: count.optional(),
  auto_resize: flag,
  max_rows: count.optional(),
  label: plainText.optional(),
  label_position: z.enum(['top', 'left']).optional(),
};

const linkSet = z.strictObject({
  url,
  pc_url: platformUrl.optional(),
  ios_url: platformUrl.optional(),
  android_url: platformUrl.optional(),
});

const overflow = {
  tag: z.literal('overflow'),
  ...control,
  options: z
    .array(z.strictObject({ text: shortText.optional(), value: z.string().optional(), multi_url: linkSet.optional() }))
    .min(1),
};

const alone = { name: name.optional(), behaviors: callbacks };

/** Controls outside a form. */
export const FREE_CONTROLS = [
  z.strictObject({ ...button, behaviors }),
  z.strictObject({ ...input, ...alone, behaviors: callbacks.optional() }),
  z.strictObject({
    tag: z.literal('select_static'),
    ...select,
    ...single.select_static,
    ...alone,
    options: options.static,
  }),
  z.strictObject({
    tag: z.literal('select_person'),
    ...select,
    ...single.select_person,
    ...alone,
    options: options.person,
  }),
  z.strictObject({ ...overflow, behaviors: callbacks.optional() }),
] as const;

/** Controls inside a form. */
export const FORM_CONTROLS = [
  z.strictObject({ ...button, name, form_action_type: z.enum(['submit', 'reset']), behaviors: behaviors.optional() }),
  z.strictObject({ ...input, ...inFormOnly }),
  z.strictObject({
    tag: z.literal('select_static'),
    ...select,
    ...single.select_static,
    ...inFormOnly,
    options: options.static,
  }),
  z.strictObject({
    tag: z.literal('select_person'),
    ...select,
    ...single.select_person,
    ...inFormOnly,
    options: options.person,
  }),
  z.strictObject({
    tag: z.literal('multi_select_static'),
    ...select,
    ...inFormOnly,
    options: options.static,
    selected_values: distinct(z.string()).optional(),
  }),
  z.strictObject({
    tag: z.literal('multi_select_person'),
    ...select,
    ...inFormOnly,
    options: options.person,
    selected_values: distinct(openId).optional(),
  }),
  z.strictObject({ ...overflow, name, behaviors: callbacks.optional() }),
] as const;
