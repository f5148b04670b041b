import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createVault } from '../../src/auth/vault.ts';

const [OLD, NEW, OTHER] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const SECRET = `{"access":"${'x'.repeat(2000)}","refresh":"令牌 😀"}`;
const TOM = 'ou_tom';

/** The sealed text with one of its five parts changed. */
const withPart = (sealed: string, at: number, change: (part: string) => string): string =>
  sealed
    .split('.')
    .map((part, index) => (index === at ? change(part) : part))
    .join('.');

/** Another first character: the last one may hold bits that count for nothing. */
const flipped = (part: string): string => (part.startsWith('A') ? 'B' : 'A') + part.slice(1);

const headerOf = (sealed: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(sealed.split('.')[0] ?? '', 'base64url').toString('utf8'));

describe('vault', () => {
  it('opens what it sealed', async () => {
    const vault = createVault([NEW]);
    for (const secret of [SECRET, '', '{}']) expect(await vault.open(TOM, await vault.seal(TOM, secret))).toBe(secret);
  });

  it('shows nothing of the secret, and seals it differently each time', async () => {
    const vault = createVault([NEW]);
    const [one, two] = [await vault.seal(TOM, 'eyJ-token'), await vault.seal(TOM, 'eyJ-token')];
    expect(one).not.toBe(two);
    expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('eyJ-token');
    expect(headerOf(one)).toMatchObject({ alg: 'dir', enc: 'A256GCM' });
  });

  it('does not open for another subject', async () => {
    const vault = createVault([NEW]);
    const sealed = await vault.seal(TOM, SECRET);
    for (const subject of ['ou_zhang', 'ou_to', 'OU_TOM', ''])
      expect(await vault.open(subject, sealed)).toBeUndefined();
  });

  it('does not open with a key that it was not sealed with', async () => {
    const sealed = await createVault([OLD]).seal(TOM, SECRET);
    expect(await createVault([OTHER, NEW]).open(TOM, sealed)).toBeUndefined();
  });

  it('seals with the first key and opens with every one', async () => {
    const before = await createVault([OLD]).seal(TOM, SECRET);
    const rotated = createVault([NEW, OLD]);
    expect(await rotated.open(TOM, before)).toBe(SECRET);
    const after = await rotated.seal(TOM, SECRET);
    expect(await createVault([NEW]).open(TOM, after)).toBe(SECRET);
    expect(await createVault([OLD]).open(TOM, after)).toBeUndefined();
  });

  it('names its key without giving it away', async () => {
    const { kid } = headerOf(await createVault([NEW]).seal(TOM, SECRET));
    expect(kid).toEqual(expect.stringMatching(/^[0-9a-f]{16}$/));
    expect(NEW.toString('hex')).not.toContain(String(kid));
  });

  it.each([
    ['header', 0],
    ['iv', 2],
    ['ciphertext', 3],
    ['tag', 4],
  ])('does not open when its %s was touched', async (_part, at) => {
    const vault = createVault([NEW]);
    const sealed = await vault.seal(TOM, SECRET);
    expect(await vault.open(TOM, withPart(sealed, at, flipped))).toBeUndefined();
  });

  it('does not open when the subject in its header was replaced', async () => {
    const vault = createVault([NEW]);
    const sealed = await vault.seal('ou_zhang', SECRET);
    const header = { ...headerOf(sealed), sub: TOM };
    const forged = withPart(sealed, 0, () => Buffer.from(JSON.stringify(header)).toString('base64url'));
    expect(await vault.open(TOM, forged)).toBeUndefined();
  });

  it.each(['', 'x', '....', 'eyJhbGciOiJub25lIn0.e30.', '{"access":"plain"}'])('does not open %j', async (sealed) => {
    expect(await createVault([NEW]).open(TOM, sealed)).toBeUndefined();
  });

  it('does not open what names no key', async () => {
    const vault = createVault([NEW]);
    const sealed = await vault.seal(TOM, SECRET);
    const { kid: _kid, ...header } = headerOf(sealed);
    const nameless = withPart(sealed, 0, () => Buffer.from(JSON.stringify(header)).toString('base64url'));
    expect(await vault.open(TOM, nameless)).toBeUndefined();
  });

  it('cannot be without a key', () => {
    expect(() => createVault([])).toThrow('at least one key');
  });
});
