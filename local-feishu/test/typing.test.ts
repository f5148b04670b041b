import { describe, expect, it } from '@jest/globals';
import { AGENTS } from '../src/helpdesk/seed.ts';
import { mentionsOf, postContent, readTyped, textContent } from '../src/pushes/typing.ts';
import { BOT, GUESTS, PEOPLE } from '../src/seed.ts';
import { Directory } from '../src/state/directory.ts';

const directory = new Directory({
  people: Object.values(PEOPLE),
  members: [...GUESTS, ...AGENTS],
  bot: { ...BOT, name: '技能助手' },
  tenantKey: 'tenant',
});
const typed = (text: string) => {
  const parts = readTyped(text, directory);
  return { text: JSON.parse(textContent(parts)).text, names: mentionsOf(parts).map((mention) => mention.name) };
};

describe('typed text', () => {
  it.each([
    ['@bot /skill', '@_user_1 /skill', ['技能助手']],
    ['@技能助手/skill', '@_user_1/skill', ['技能助手']],
    ['add @Tom Li, @张三和@zhang san', 'add @_user_1, @_user_2和@_user_3', ['Tom Li', '张三', '张三']],
    ['@Tom @sara, @Tommy', '@_user_1 @_user_2, @Tommy', ['Tom Li', 'Sara Chen']],
    ['@admin @owner', '@_user_1 @_user_2', ['林晓', '周敏']],
    [`@${PEOPLE.employee.openId}!`, '@_user_1!', ['何平']],
    ['@all hi', '@_all hi', []],
    ['@allison @botany @nobody', '@allison @botany @nobody', []],
    ['tom@admin.example', 'tom@admin.example', []],
    ['two\nlines @ end', 'two\nlines @ end', []],
  ])('%j becomes %j', (text, expected, names) => {
    expect(typed(text)).toEqual({ text: expected, names });
  });

  it('numbers past ten mentions', () => {
    expect(typed('@bot '.repeat(11)).text).toContain('@_user_10 @_user_11 ');
  });

  it('becomes paragraphs of a post', () => {
    const content = JSON.parse(postContent(readTyped('@bot /skill list\n@all', directory)));
    expect(content).toEqual({
      title: '',
      content: [
        [
          { tag: 'at', user_id: '@_user_1', user_name: '技能助手', style: [] },
          { tag: 'text', text: ' /skill list', style: [] },
        ],
        [{ tag: 'at', user_id: '@_all', user_name: '所有人', style: [] }],
      ],
    });
  });
});
