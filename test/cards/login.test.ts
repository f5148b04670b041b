import { describe, expect, it } from '@jest/globals';
import { loginEndedCard, whoAmICard } from '../../src/cards/login.ts';
import { OpenId } from '../../src/domain/ids.ts';

const LIN = OpenId.parse('ou_lin');
const IN_FORCE = {
  name: '林晓',
  grantedAt: 1_760_000_000_000,
  until: 1_760_600_000_000,
  renewal: 'automatic',
} as const;
/** Everything that a card says, as a client shows it. */
const textOf = (card: object): string =>
  JSON.stringify(card).replace(/&#(\d+);/g, (_entity, code) => String.fromCodePoint(Number(code)));
const shown = (standing: Parameters<typeof whoAmICard>[1]): string => textOf(whoAmICard(LIN, standing));

describe('the card of whoami', () => {
  it('says that a login is renewed only where it is', () => {
    expect(shown(IN_FORCE)).toContain('(renewed by itself)');
    expect(shown(IN_FORCE)).toContain('（会自动续期）');
    for (const renewal of ['not-granted', 'over'] as const) {
      const ending = shown({ ...IN_FORCE, renewal });
      expect(ending).not.toContain('renewed by itself');
      expect(ending).not.toContain('会自动续期');
      expect(ending).toContain('Valid until');
      expect(ending).toContain('send /skill login');
    }
  });

  it('says how to get a login that lasts only to whom that helps', () => {
    expect(shown({ ...IN_FORCE, renewal: 'not-granted' })).toContain('offline_access');
    for (const renewal of ['automatic', 'over'] as const) {
      expect(shown({ ...IN_FORCE, renewal })).not.toContain('offline_access');
    }
  });

  it.each([
    ['none', 'You have not authorised the bot', '你还没有授权机器人。'],
    ['dead', 'no longer valid', '已失效'],
    ['scope-missing', 'no longer includes changing the helpdesk', '已不含修改服务台的权限'],
    ['unreadable', 'cannot be read any more', '已无法读取'],
  ] as const)('says what is the matter and what to do: %s', (standing, en, zh) => {
    const card = shown(standing);
    for (const words of ['Not logged in', en, zh, 'Send /skill login', '发送 /skill login']) {
      expect(card).toContain(words);
    }
  });
});

describe('the card of a login that has ended', () => {
  const ended = (...args: [Parameters<typeof loginEndedCard>[1], Parameters<typeof loginEndedCard>[2]?]): string =>
    textOf(loginEndedCard(LIN, ...args));

  it('does not claim that the person may change the helpdesk', () => {
    for (const standing of [IN_FORCE, 'none', undefined] as const) {
      expect(ended('done', standing)).toContain('shows only when you confirm your first change');
      expect(ended('done', standing)).toContain('要到你第一次确认修改时飞书才会判断');
    }
    expect(ended('refused')).not.toContain('confirm your first change');
  });

  it('says how long the login lasts where it is not renewed, and how to get one that is', () => {
    expect(ended('done', IN_FORCE)).not.toContain('Valid until');
    const card = ended('done', { ...IN_FORCE, renewal: 'not-granted' });
    expect(card).toContain('Valid until');
    expect(card).toContain('有效至');
    expect(card).toContain('offline_access');
  });

  it('names the permission that was not granted, and what to do', () => {
    for (const words of ['helpdesk:all', '你没有同意', 'You did not agree', '/skill login']) {
      expect(ended('scope-missing')).toContain(words);
    }
  });
});
