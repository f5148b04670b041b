import { describe, expect, it } from '@jest/globals';
import { whoAmICard } from '../../src/cards/login.ts';
import { OpenId } from '../../src/domain/ids.ts';

const LIN = OpenId.parse('ou_lin');
const IN_FORCE = { name: '林晓', grantedAt: 1_760_000_000_000, until: 1_760_600_000_000, renewable: true };
const shown = (standing: Parameters<typeof whoAmICard>[1]): string => JSON.stringify(whoAmICard(LIN, standing));

describe('the card of whoami', () => {
  it('says that a login is renewed only where it is', () => {
    expect(shown(IN_FORCE)).toContain('(renewed by itself)');
    expect(shown(IN_FORCE)).toContain('（会自动续期）');
    const ending = shown({ ...IN_FORCE, renewable: false });
    expect(ending).not.toContain('renewed by itself');
    expect(ending).not.toContain('会自动续期');
    expect(ending).toContain('Valid until');
    expect(ending).toContain('send /skill login');
  });

  it.each([
    ['none', 'You have not authorised the bot', '你还没有授权机器人。'],
    ['dead', 'no longer valid', '已失效'],
    ['unreadable', 'cannot be read any more', '已无法读取'],
  ] as const)('says what is the matter and what to do: %s', (standing, en, zh) => {
    const card = shown(standing);
    for (const words of ['Not logged in', en, zh, 'Send /skill login', '发送 /skill login']) {
      expect(card).toContain(words);
    }
  });
});
