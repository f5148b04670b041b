import { describe, expect, it } from '@jest/globals';
import { checkCard } from '../src/cardRules/check.ts';
import type { Json } from './tinyBot.ts';

const text = (content: string): Json => ({
  tag: 'plain_text',
  content,
  i18n_content: { zh_cn: content, en_us: content },
});
const behaviors = [{ type: 'callback', value: { action: 'x', deep: { tag: 'anything' } } }];
const button: Json = { tag: 'button', text: text('Go'), type: 'primary', behaviors };
const submit: Json = { ...button, name: 'go', form_action_type: 'submit' };
const option = { text: text('A'), value: 'a' };
const md = (content: string): Json => ({ tag: 'markdown', content });
const formOf = (...elements: Json[]): Json => ({ tag: 'form', name: 'f', elements });
const nest = (depth: number): Json =>
  depth === 1 ? md('x') : { tag: 'collapsible_panel', header: { title: text('t') }, elements: [nest(depth - 1)] };

const cardOf = (...elements: Json[]): Json => ({
  schema: '2.0',
  config: {
    update_multi: true,
    style: { color: { 'my-red': { light_mode: 'rgba(1,2,3,1)', dark_mode: 'rgba(1,2,3,1)' } } },
  },
  header: {
    title: text('T'),
    subtitle: text('S'),
    template: 'orange',
    text_tag_list: [{ tag: 'text_tag', text: text('x') }],
  },
  body: { vertical_spacing: 'medium', elements },
});
const problem = (card: Json) => checkCard(card, (id) => id === 'ou_known');

describe('a card', () => {
  it.each<[string, Json[]]>([
    [
      'texts',
      [md('**x** <at id=ou_known></at>'), { tag: 'div', text: { ...text('x'), text_color: 'my-red' } }, { tag: 'hr' }],
    ],
    [
      'people',
      [
        { tag: 'person', user_id: 'ou_known' },
        { tag: 'person_list', persons: [{ id: 'ou_known' }] },
      ],
    ],
    [
      'columns',
      [{ tag: 'column_set', columns: [{ tag: 'column', width: 'weighted', weight: 1, elements: [button] }] }],
    ],
    ['containers', [{ tag: 'interactive_container', behaviors, elements: [md('x')] }, nest(4)]],
    [
      'controls',
      [
        { tag: 'select_static', options: [option], behaviors },
        { tag: 'overflow', options: [option], behaviors },
      ],
    ],
    [
      'an input',
      [
        { tag: 'input', placeholder: text('p'), behaviors },
        { tag: 'select_person', behaviors },
      ],
    ],
    ['a table', [{ tag: 'table', columns: [{ name: 'a', data_type: 'number' }], rows: [{ a: 1 }, {}] }]],
    [
      'a form',
      [
        formOf(
          { tag: 'input', name: 'i', required: true },
          { tag: 'multi_select_person', name: 'm' },
          { tag: 'multi_select_static', name: 's', options: [option], selected_values: ['a'] },
          { tag: 'column_set', columns: [{ tag: 'column', elements: [submit] }] },
        ),
      ],
    ],
    ['200 elements', Array.from({ length: 197 }, () => ({ tag: 'hr' }))],
    ['5 levels', [nest(5)]],
  ])('with %s is fine', (_what, elements) => {
    const card = cardOf(...elements);
    expect(problem(elements.length > 100 ? { ...card, header: { title: text('T') } } : card)).toBeUndefined();
  });

  it.each<[string, Json, number, string]>([
    ['schema 1.0', { elements: [] }, 200621, 'card.schema'],
    ['an unknown key of the card', { ...cardOf(), elements: [] }, 200621, '"elements"'],
    ['an unknown key of a text', cardOf({ ...button, text: { ...text('x'), lines: 1 } }), 200621, 'elements[0].text'],
    ['an unknown key of a button', cardOf({ ...button, url: 'https://a.example' }), 200621, '"url"'],
    ['update_multi false', { ...cardOf(), config: { update_multi: false } }, 200621, 'update_multi'],
    ['a tag that is gone', cardOf({ tag: 'action', actions: [] }), 200861, 'gone in 2.0'],
    ['an unknown tag', cardOf({ tag: 'chart' }), 200621, '"chart" is not allowed here'],
    ['a button without a behavior', cardOf({ tag: 'button', text: text('x') }), 200621, 'behaviors'],
    [
      'a string for a callback value',
      cardOf({ ...button, behaviors: [{ type: 'callback', value: 'x' }] }),
      200621,
      'value',
    ],
    ['a long button', cardOf({ ...button, text: text('x'.repeat(101)) }), 200621, '100 characters'],
    [
      'an unsafe link',
      cardOf({ ...button, behaviors: [{ type: 'open_url', default_url: 'javascript:1' }] }),
      200621,
      'http(s)',
    ],
    ['a locale written wrongly', cardOf({ ...md('x'), i18n_content: { 'zh-CN': 'x' } }), 200621, 'zh-CN'],
    ['an undeclared colour', cardOf({ tag: 'div', text: { ...text('x'), text_color: 'my-blue' } }), 200621, 'my-blue'],
    [
      'a form in a container',
      cardOf({ tag: 'interactive_container', behaviors, elements: [formOf(submit)] }),
      200621,
      '"form"',
    ],
    ['a table in a form', cardOf(formOf({ tag: 'table', columns: [], rows: [] }, submit)), 200621, '"table"'],
    ['a multi select outside a form', cardOf({ tag: 'multi_select_person', name: 'm' }), 200621, 'not allowed here'],
    ['a form without a submit button', cardOf(formOf({ tag: 'input', name: 'i' })), 200621, 'submit'],
    ['an unnamed control in a form', cardOf(formOf({ tag: 'input' }, submit)), 200530, 'name'],
    ['an empty name in a form', cardOf(formOf({ tag: 'input', name: '' }, submit)), 200530, 'name'],
    ['a name used twice', cardOf(formOf({ tag: 'input', name: 'go' }, submit)), 200621, '"go" is used twice'],
    ['required outside a form', cardOf({ tag: 'input', required: true, behaviors }), 200621, '"required"'],
    [
      'a choice that is no option',
      cardOf(formOf({ tag: 'multi_select_static', name: 's', options: [option], selected_values: ['b'] }, submit)),
      200621,
      '"b"',
    ],
    [
      'an option twice',
      cardOf({ tag: 'select_static', options: [option, option], behaviors }),
      200621,
      'option value "a"',
    ],
    [
      'an element id twice',
      cardOf({ ...md('x'), element_id: 'e' }, { ...md('y'), element_id: 'e' }),
      200621,
      '"e" is used twice',
    ],
    ['201 elements', cardOf(...Array.from({ length: 198 }, () => ({ tag: 'hr' }))), 11310, 'more than 200'],
    ['6 levels', cardOf(nest(6)), 200621, '6 levels'],
    [
      '6 tables',
      cardOf(...Array.from({ length: 6 }, () => ({ tag: 'table', columns: [], rows: [] }))),
      200621,
      '6 tables',
    ],
    ['5 tables in markdown', cardOf(md('|a|\n|-|\n|b|\n\n'.repeat(5))), 200621, '5 tables'],
    ['a cell of no column', cardOf({ tag: 'table', columns: [], rows: [{ a: 1 }] }), 200914, '"a"'],
    [
      'a text in a number column',
      cardOf({ tag: 'table', columns: [{ name: 'a', data_type: 'number' }], rows: [{ a: '1' }] }),
      200914,
      'number',
    ],
    ['an unknown person', cardOf({ tag: 'person', user_id: 'ou_x' }), 100290, 'ou_x'],
    ['an unknown mention', cardOf(md('<at id=ou_x></at>')), 100290, 'ou_x'],
    ['more than 30 KB', cardOf(md('x'.repeat(30 * 1024))), 200621, 'bytes'],
  ])('with %s is refused', (_what, card, code, words) => {
    expect(problem(card)).toEqual({ code, message: expect.stringContaining(words) });
  });
});
