import { z } from 'zod';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export const webAddress = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url?.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (!url || (url.protocol !== 'https:' && !plain) || url.username || url.password || /[?#]/.test(url.href)) {
    context.addIssue({ code: 'custom', message: 'is not an https: address' });
    return z.NEVER;
  }
  return url.href.replace(/\/+$/, '');
});

export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `is below ${min}`).max(max, `is above ${max}`));

const commaSeparated = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

export const idList = <T extends z.ZodType<string, string>>(id: T) =>
  commaSeparated
    .refine((ids) => ids.length > 0, 'is empty')
    .refine((ids) => ids.every((text) => id.safeParse(text).success), 'has an entry that is not an id')
    .pipe(z.array(id));

export const encryptionKeys = commaSeparated.transform((parts, context) => {
  const keys = parts.map((part) => new Uint8Array(Buffer.from(part, 'base64')));
  const good =
    parts.length > 0 && parts.every((part, at) => /^[A-Za-z0-9+/_-]+={0,2}$/.test(part) && keys[at]?.length === 32);
  if (!good) {
    context.addIssue({ code: 'custom', message: 'has a key that is not 32 bytes in base64' });
    return z.NEVER;
  }
  return keys;
});

export const databaseUrl = z
  .string()
  .refine((text) => /^file:.+/.test(text) || /^postgres(ql)?:\/\/.+/.test(text), 'is neither file: nor postgres:');

export const keyOrToken = z.string().regex(/^[\x21-\x7e]+$/, 'has characters that cannot be in it');
