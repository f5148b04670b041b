import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { inProcess } from '../support/inProcess.ts';

/** Compares secrets in a process whose `timingSafeEqual` counts its calls, and the lengths of what it is given. */
const SCRIPT = `
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
const real = crypto.timingSafeEqual;
const lengths = [];
crypto.timingSafeEqual = (a, b) => { lengths.push([a.length, b.length]); return real(a, b); };
syncBuiltinESMExports();
const { isSigned, sameSecret } = await import('./src/transport/signature.ts');
const { openEnvelope } = await import('./src/transport/envelope.ts');
const counted = (work) => { lengths.length = 0; const result = Boolean(work()); return { result, lengths: [...lengths] }; };
const key = 'k', body = Buffer.from('{}');
const good = crypto.createHash('sha256').update('1' + '2' + key + '{}').digest('hex');
const signed = (signature) => counted(() => isSigned(body, { timestamp: '1', nonce: '2', signature }, key));
const event = (token) => ({ schema: '2.0', header: { event_id: 'e', event_type: 't', token } });
const old = (token) => ({ type: 'event_callback', uuid: 'u', token });
const check = (token) => ({ type: 'url_verification', challenge: 'c', token });
process.stdout.write(JSON.stringify({
  equal: counted(() => sameSecret('secret', 'secret')),
  other: counted(() => sameSecret('xecret', 'secret')),
  shorter: counted(() => sameSecret('s', 'secret')),
  empty: counted(() => sameSecret('', 'secret')),
  signature: signed(good),
  'other signature': signed('0' + good.slice(1)),
  'event token': counted(() => openEnvelope(event('x'), 'secret')),
  'old event token': counted(() => openEnvelope(old('x'), 'secret')),
  'challenge token': counted(() => openEnvelope(check('x'), 'secret')),
}));
`;

const Counted = z.record(
  z.string(),
  z.object({ result: z.boolean(), lengths: z.array(z.tuple([z.number(), z.number()])) }),
);

describe('the comparison of secrets', () => {
  it('is one call of timingSafeEqual on digests of one length, whatever is compared', async () => {
    const counted = Counted.parse(JSON.parse(await inProcess(SCRIPT)));
    for (const [what, { lengths }] of Object.entries(counted)) expect([what, lengths]).toEqual([what, [[32, 32]]]);
    const good = Object.entries(counted).filter(([, { result }]) => result);
    expect(good.map(([what]) => what)).toEqual(['equal', 'signature']);
  });

  it('is nowhere an operator', async () => {
    const room = new URL('../../src/transport/', import.meta.url);
    const files = (await readdir(room)).filter((name) => name.endsWith('.ts'));
    const texts = await Promise.all(files.map((name) => readFile(new URL(name, room), 'utf8')));
    const compared =
      /(\btoken|Token|signature|encryptKey|secret)\s*[!=]==?(?!=)(?!\s*(undefined|null))|[!=]==?\s*(\w+\.)*(token|signature|verificationToken|encryptKey)\b/;
    const lines = texts.flatMap((text) => text.split('\n')).filter((line) => compared.test(line));
    expect(files.length).toBeGreaterThan(8);
    expect(lines).toEqual([]);
  });
});
