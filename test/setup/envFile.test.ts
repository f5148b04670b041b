import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { Trouble } from '../../src/explain/trouble.ts';
import { openEnvFile, withValues, writeEnvFile } from '../../src/setup/envFile.ts';
import { temporaryFolders } from '../support/command.ts';

const folder = temporaryFolders();

describe('the file of variables', () => {
  it('keeps every other line and comment, and takes a value in where it was', () => {
    const before = [
      '# ours',
      'export PORT=3000 # behind nginx',
      'HELPDESK_ID = "old"',
      "NOTE='two",
      "HELPDESK_ID=not this'",
      '',
      'LOG_LEVEL=warn',
    ].join('\n');
    expect(withValues(before, { HELPDESK_ID: '42', PORT: '80', FEISHU_APP_ID: 'cli_1' })).toBe(
      [
        '# ours',
        'export PORT=80 # behind nginx',
        'HELPDESK_ID = 42',
        "NOTE='two",
        "HELPDESK_ID=not this'",
        '',
        'LOG_LEVEL=warn',
        'FEISHU_APP_ID=cli_1',
        '',
      ].join('\n'),
    );
  });

  it('leaves a value that is right already exactly as it is written', () => {
    const text = 'HELPDESK_ID="42"   # quoted\n';
    expect(withValues(text, { HELPDESK_ID: '42' })).toBe(text);
  });

  it('is read back as it was meant, whatever the values are and whatever was in it', () => {
    const name = fc.constantFrom('FEISHU_APP_ID', 'FEISHU_APP_SECRET', 'PUBLIC_URL', 'X');
    // A value of a variable is one line without space around it, and holds at most two of the three kinds of quotes.
    const value = fc
      .string({ unit: 'grapheme-ascii', maxLength: 20 })
      .filter(
        (text) =>
          text === text.trim() && /["'`]/.test(`${text}"'\``) && !['"', "'", '`'].every((mark) => text.includes(mark)),
      )
      .filter((text) => !text.includes('\\'));
    const line = fc.oneof(
      fc.tuple(name, value).map(([key, text]) => `${key}=${text}`),
      fc.tuple(name, value).map(([key, text]) => `export ${key} = "${text}" # ${text}`),
      fc.string({ unit: 'grapheme-ascii', maxLength: 10 }).map((text) => `# ${text}`),
      fc.constant(''),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.dictionary(name, value), (lines, values) => {
        const before = lines.join('\n');
        const { ...others } = parse(before);
        expect(parse(withValues(before, values))).toEqual({ ...others, ...values });
      }),
    );
  });

  it('is for its owner only, is written in one step, and leaves nothing beside it', async () => {
    const cwd = await folder();
    const path = join(cwd, '.env');
    writeFileSync(path, 'PORT=1\n', { mode: 0o666 });
    const file = writeEnvFile(openEnvFile(path), { PORT: '2' });
    expect(file.values).toEqual({ PORT: '2' });
    expect(readFileSync(path, 'utf8')).toBe('PORT=2\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(cwd)).toEqual(['.env']);
  });

  it('may be a link: then the file behind it is written', async () => {
    const cwd = await folder();
    writeFileSync(join(cwd, 'real.env'), 'PORT=1\n');
    symlinkSync(join(cwd, 'real.env'), join(cwd, '.env'));
    writeEnvFile(openEnvFile(join(cwd, '.env')), { PORT: '2' });
    expect(readFileSync(join(cwd, 'real.env'), 'utf8')).toBe('PORT=2\n');
  });

  it('that cannot be written is told before anything else is done', async () => {
    const cwd = await folder();
    mkdirSync(join(cwd, 'folder'));
    for (const path of [join(cwd, 'nowhere', '.env'), join(cwd, 'folder'), '/dev/null/.env']) {
      expect(() => openEnvFile(path)).toThrow(Trouble);
    }
    // Gone between the beginning and the end.
    const gone = { path: join(cwd, 'nowhere', '.env'), text: '', values: {} };
    expect(() => writeEnvFile(gone, { PORT: '2' })).toThrow('cannot be written');
  });
});
