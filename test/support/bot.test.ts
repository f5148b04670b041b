import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assertKeepsSecrets, TOKEN_KEY } from './bot.ts';
import { type LocalFeishu, startLocalFeishu } from './localFeishu.ts';

describe('the check of what a bot writes', () => {
  let sandbox: LocalFeishu;
  beforeAll(async () => {
    sandbox = await startLocalFeishu();
  });
  afterAll(() => sandbox.close());

  it('takes a log without secrets', () => {
    assertKeepsSecrets('{"msg":"listening","delivery":"message:om_1"}', sandbox);
  });

  it.each([
    ['the secret of the app', () => sandbox.credentials.appSecret],
    ['the verification token', () => sandbox.credentials.verificationToken],
    ['the encrypt key', () => sandbox.credentials.encryptKey],
    ['the token of the desk', () => sandbox.credentials.helpdeskToken],
    [
      'the header of the desk',
      () => Buffer.from(`${sandbox.credentials.helpdeskId}:${sandbox.credentials.helpdeskToken}`).toString('base64'),
    ],
    ['the key of stored logins', () => TOKEN_KEY],
    ['a user token', () => 'eyJhbGciOiJFUzI1NiIs.abc'],
    ['a tenant token', () => `t-${'0a'.repeat(20)}`],
    ['a login link', () => 'GET /oauth/login/Zm9v'],
    ['the address of a long connection', () => 'ws://127.0.0.1/ws/v2?service_id=1&ticket=Zm9v'],
  ])('refuses a log with %s', (_, secret) => {
    expect(() => assertKeepsSecrets(`{"msg":"${secret()}"}`, sandbox)).toThrow('has written secrets');
  });
});
