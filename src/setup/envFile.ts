import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'dotenv';
import { Trouble } from '../explain/trouble.ts';
import { phrase } from '../lib/phrase.ts';

/** A file of variables, as `.env`. */
export interface EnvFile {
  path: string;
  /** Empty when there is no file yet. */
  text: string;
  values: Readonly<Record<string, string>>;
}

/** Reads the file and makes sure that it can be written later. Throws a {@link Trouble}. */
export function openEnvFile(name: string): EnvFile {
  const path = resolve(name);
  try {
    if (!existsSync(path)) {
      accessSync(dirname(path), constants.W_OK | constants.X_OK);
      return { path, text: '', values: {} };
    }
    const real = realpathSync(path);
    if (!statSync(real).isFile()) throw new Error('it is not a file');
    accessSync(real, constants.R_OK | constants.W_OK);
    accessSync(dirname(real), constants.W_OK | constants.X_OK);
    const text = readFileSync(real, 'utf8');
    return { path: real, text, values: parse(text) };
  } catch (error) {
    throw unwritable(path, error);
  }
}

/**
 * Writes values into the file, in one step: it has all of them or none. Other lines and comments stay as they are. Only
 * its owner may read it. Throws a {@link Trouble}.
 */
export function writeEnvFile(file: EnvFile, values: Readonly<Record<string, string>>): EnvFile {
  const text = withValues(file.text, values);
  const draft = `${file.path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(draft, file.path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw unwritable(file.path, error);
  }
  return { path: file.path, text, values: parse(text) };
}

/** The text of the file with these values in it. */
export function withValues(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((before, [name, value]) => {
    const known = parse(before);
    if (known[name] === value) return before;
    const line = `${name}=${quoted(value)}`;
    const replaced = before.replace(assignment(name), (_all, start: string) => `${start}${quoted(value)}`);
    // What cannot be replaced without touching anything else is added below, where the last one counts.
    if (same(parse(replaced), { ...known, [name]: value })) return replaced;
    return `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${line}\n`;
  }, text);
}

/** An assignment as dotenv reads it, a quoted value over several lines included. */
const assignment = (name: string): RegExp =>
  new RegExp(
    `^([ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*)('(?:\\\\'|[^'])*'|"(?:\\\\"|[^"])*"|\`(?:\\\\\`|[^\`])*\`|[^#\\r\\n]*?(?=[ \\t]*(?:#|\\r?$)))`,
    'm',
  );

/** Plain where that is read back as it is, else in the first kind of quotes that the value does not contain. */
function quoted(value: string): string {
  if (/^[\w.,:;/@+=?&%~-]*$/.test(value)) return value;
  const quote = ["'", '`', '"'].find((mark) => !value.includes(mark)) ?? '"';
  return `${quote}${value}${quote}`;
}

const same = (left: object, right: Record<string, string>): boolean => {
  const entries = Object.entries(left);
  return entries.length === Object.keys(right).length && entries.every(([name, value]) => right[name] === value);
};

const unwritable = (path: string, error: unknown): Trouble =>
  new Trouble(
    'env_unwritable',
    phrase(`${path} 不能写入：${errorMessage(error)}。`, `${path} cannot be written: ${errorMessage(error)}.`),
    phrase(
      '请换一个目录运行，改正权限，或用 --dotenv 指定别的文件。',
      'Run this in another folder, correct the permissions, or name another file with --dotenv.',
    ),
    error,
  );

const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));
