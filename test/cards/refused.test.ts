import { expect, it } from '@jest/globals';
import { setAsideCard } from '../../src/cards/refused.ts';
import { checkCard } from '../support/checkCard.ts';

it('a card tells in both languages that a request was set aside, and who can have it tried again', () => {
  const card = setAsideCard('message:om_1');
  checkCard(card, 'what was set aside');
  const text = JSON.stringify(card);
  for (const part of [
    '没有完成',
    'not carried out',
    '机器人的管理员可以看到它',
    'whoever runs the bot can see it',
    'message:om_1',
  ]) {
    expect(text).toContain(part);
  }
});
