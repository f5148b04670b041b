import { describe, expect, it } from '@jest/globals';
import { problemsOf } from './checkCard.ts';

const text = (words: string) => ({ content: words, i18n_content: { zh_cn: words, en_us: words } });
const plain = (words: string) => ({ tag: 'plain_text', ...text(words) });
const markdown = (words: string) => ({ tag: 'markdown', ...text(words) });
const callback = { type: 'callback', value: { action: 'x', tag: 'not an element' } };
const button = (more: object = {}) => ({ tag: 'button', text: plain('ok'), behaviors: [callback], ...more });
const submit = (more: object = {}) => button({ name: 'submit', form_action_type: 'submit', ...more });
const form = (...elements: object[]) => ({ tag: 'form', name: 'form', elements });
const nested = (levels: number): object =>
  levels === 1
    ? markdown('x')
    : { tag: 'column_set', columns: [{ tag: 'column', width: 'auto', elements: [nested(levels - 1)] }] };

const card = (...elements: object[]) => ({
  schema: '2.0',
  config: { update_multi: true, summary: text('summary') },
  header: { title: plain('title'), template: 'blue' },
  body: { elements },
});

describe('the check of cards', () => {
  it.each([
    ['text', card(markdown('x'))],
    ['a form', card(form(markdown('x'), submit()))],
    ['two buttons', card(button(), button())],
    ['five levels', card(nested(5))],
    ['200 elements', card(...Array.from({ length: 199 }, () => markdown('x')))],
  ])('takes a card with %s', (_, good) => {
    expect(problemsOf(good)).toEqual([]);
  });

  it.each([
    ['an unknown property', card({ ...markdown('x'), colour: 'red' }), /additional/],
    ['a component of the first version', card({ tag: 'note', elements: [] }), /allowed/],
    ['another version', { ...card(), schema: '1.0' }, /constant/],
    ['201 elements', card(...Array.from({ length: 200 }, () => markdown('x'))), /^201 tagged/],
    ['30 KB', card(markdown('x'.repeat(10 * 1024))), /bytes$/],
    ['30 KB only when it is escaped', card(markdown('"'.repeat(4_000))), /bytes as the content/],
    ['six levels', card(nested(6)), /nested 6 levels/],
    ['one name twice', card(form(submit(), button({ name: 'submit' }))), /name "submit" is used twice/],
    [
      'one id twice',
      card({ ...markdown('x'), element_id: 'a' }, { ...markdown('x'), element_id: 'a' }),
      /element_id "a"/,
    ],
    ['a form that nothing submits', card(form(button({ name: 'x' }))), /0 buttons that submit/],
    ['a form whose button carries nothing', card(form(submit({ behaviors: undefined }))), /carries no value/],
    ['a text without English', card({ ...markdown('x'), i18n_content: { zh_cn: 'x' } }), /no en_us/],
    ['a text without Chinese', card({ ...markdown('x'), i18n_content: { en_us: 'x' } }), /no zh_cn/],
    ['a text without translations', card({ tag: 'markdown', content: 'x' }), /no zh_cn/],
    ['an empty text', card(markdown(' ')), /no content/],
    ['an empty label', card(button({ text: plain('') })), /no content/],
    ['a summary in one language', { ...card(), config: { summary: { content: 'x' } } }, /no zh_cn/],
  ])('refuses a card with %s', (_, bad, problem) => {
    expect(problemsOf(JSON.parse(JSON.stringify(bad))).filter((found) => problem.test(found))).not.toEqual([]);
  });
});
