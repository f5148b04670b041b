import type { OpenId, ViewId } from '../domain/ids.ts';
import { submitName } from '../domain/submitName.ts';
import { type Phrase, phrase } from '../lib/phrase.ts';
import {
  button,
  type CallbackValue,
  type CardJson,
  card,
  divider,
  type Element,
  footnote,
  Graded,
  paragraph,
  plainText,
  sentence,
} from './kit.ts';
import { md, shortenedSentence, type Words } from './text.ts';

export interface Option {
  value: string;
  /** What is foreign in it is visible already. */
  text: Phrase;
}

/** One thing to fill in. */
export type Field =
  | { kind: 'choice'; name: string; label: Phrase; options: readonly Option[]; value: string | undefined }
  | { kind: 'text'; name: string; label: Phrase; hint: Phrase; value: string | undefined; maxLength: number }
  | { kind: 'people'; name: string; label: Phrase; options: readonly OpenId[]; values: readonly OpenId[] };

/** A form: `steps` are choices that decide what the other fields are, so each calls back at once. */
export interface FormModel {
  title: Phrase;
  /** Whether a preview follows; otherwise it only shows something. */
  writes: boolean;
  /** Lines above the fields: what is to be changed. */
  intro: readonly Element[];
  steps: readonly (Field & { kind: 'choice' })[];
  fields: readonly Field[];
}

/** What the controls of a form call back about, in their value and, as it need not come, in their name. */
interface FormTarget {
  command: string;
  viewId: ViewId;
}

/** A card to fill in. What was typed stands there again when something was wrong with it. */
export function formCard(target: FormTarget, model: FormModel, error?: Words): CardJson {
  return card({ title: model.title, template: error ? 'red' : 'blue' }, [
    ...(error ? [paragraph(md`⚠️ ${error.zh}`, md`⚠️ ${error.en}`), divider] : []),
    ...model.intro,
    ...model.steps.map((step) => graded((size) => stepElements(target, step, size))),
    ...(model.fields.length === 0 ? [] : [graded((size) => [form(target, model, size)])]),
    ...(model.writes ? [footnote(PREVIEW_FOLLOWS)] : []),
  ]);
}

const PREVIEW_FOLLOWS = phrase(
  '提交后会先看到预览，确认后才写入。',
  'After submitting you see a preview; nothing is written before you confirm it.',
);

/** How much room a form takes: the length of the texts of options, and whether people are offered by name. */
interface Size {
  optionLength: number;
  offersPeople: boolean;
}

const SIZES: readonly Size[] = [
  { optionLength: 60, offersPeople: true },
  { optionLength: 30, offersPeople: true },
  { optionLength: 12, offersPeople: true },
  // Without options the client offers the members of the chat (feishu-cards/multi-select-user-picker).
  { optionLength: 12, offersPeople: false },
];

const graded = (build: (size: Size) => Element[]): Graded => new Graded(SIZES.map(build));

const callbackOf = ({ command, viewId }: FormTarget): CallbackValue => ({ action: `form.${command}`, id: viewId });

const stepElements = (target: FormTarget, step: Field & { kind: 'choice' }, size: Size): Element[] => [
  sentence(step.label),
  {
    ...choice(step, size),
    name: submitName(target.command, target.viewId, step.name),
    behaviors: [{ type: 'callback', value: { ...callbackOf(target), field: step.name } }],
  },
];

const form = (target: FormTarget, { fields, writes }: FormModel, size: Size): Element => ({
  tag: 'form',
  name: 'form',
  vertical_spacing: 'medium',
  elements: [
    ...fields.flatMap((field) => [sentence(field.label), { ...control(field, size), name: field.name }]),
    {
      ...button(writes ? phrase('预览', 'Preview') : phrase('查看', 'Show'), callbackOf(target), 'primary'),
      name: submitName(target.command, target.viewId),
      form_action_type: 'submit',
    },
  ],
});

function control(field: Field, size: Size): Element {
  switch (field.kind) {
    case 'choice':
      return { ...choice(field, size), required: true };
    case 'text':
      return {
        tag: 'input',
        placeholder: plainText(field.hint),
        max_length: field.maxLength,
        width: 'fill',
        // Half a character cannot be sent; everything else can be edited only as it is.
        ...(field.value !== undefined && { default_value: field.value.replace(/\p{Cs}/gu, '\ufffd') }),
      };
    case 'people':
      return {
        tag: 'multi_select_person',
        placeholder: plainText(phrase('请选择', 'Please choose')),
        width: 'fill',
        required: false,
        ...(size.offersPeople && offer(field)),
      };
  }
}

const offer = ({ options, values }: Field & { kind: 'people' }): Element => ({
  ...(options.length > 0 && { options: options.map((value) => ({ value })) }),
  ...(values.length > 0 && { selected_values: values }),
});

function choice({ options, value }: Field & { kind: 'choice' }, { optionLength }: Size): Element {
  const at = options.findIndex((option) => option.value === value);
  return {
    tag: 'select_static',
    placeholder: plainText(phrase('请选择', 'Please choose')),
    width: 'fill',
    options: options.map((option) => ({
      value: option.value,
      text: plainText({
        zh: shortenedSentence(option.text.zh, optionLength),
        en: shortenedSentence(option.text.en, optionLength),
      }),
    })),
    ...(at >= 0 && { initial_index: at + 1 }),
  };
}
