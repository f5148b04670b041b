import { describe, expect, it } from '@jest/globals';
import { describeFlags, type Flag, readFlags } from '../../src/explain/flags.ts';
import { Trouble } from '../../src/explain/trouble.ts';
import { phrase } from '../../src/lib/phrase.ts';
import { helpText, readOptions } from '../../src/setup/options.ts';

const FLAGS: readonly Flag[] = [
  { name: 'helpdesk-id', value: 'ID', does: phrase('服务台', 'the helpdesk') },
  { name: 'yes', short: 'y', does: phrase('不提问', 'ask nothing') },
];

function troubleOf(work: () => unknown): Trouble {
  try {
    work();
  } catch (error) {
    if (error instanceof Trouble) return error;
    throw error;
  }
  throw new Error('this was to fail, and did not');
}

describe('flags', () => {
  it('are read as text, whatever they look like', () => {
    const flags = readFlags(['--helpdesk-id', '007', '-y'], FLAGS);
    expect(flags.text('helpdesk-id')).toBe('007');
    expect(flags.has('yes')).toBe(true);
    expect(readFlags(['--helpdesk-id=1e3'], FLAGS).text('helpdesk-id')).toBe('1e3');
    expect(readFlags([], FLAGS).text('helpdesk-id')).toBeUndefined();
  });

  it.each([
    [['--helpdeskid', '1'], 'There is no flag --helpdeskid.', 'Did you mean --helpdesk-id?'],
    [['--desk', '1'], 'There is no flag --desk.', 'Did you mean --helpdesk-id?'],
    [['-z'], 'There is no flag -z.', 'See all of them with --help.'],
    [['--something-else'], 'There is no flag --something-else.', 'See all of them with --help.'],
    [['--helpdesk-id'], 'The flag --helpdesk-id lacks its value.', ''],
    [['--helpdesk-id', '--yes'], 'The flag --helpdesk-id lacks its value.', ''],
    [['--helpdesk-id='], 'The flag --helpdesk-id lacks its value.', ''],
    [['--yes=no'], 'The flag --yes takes no value.', ''],
    [['-y', '--yes'], 'The flag --yes is given twice.', ''],
    [['create'], 'There is nothing for “create” to be.', ''],
  ])('%j are refused', (args, said, remedy) => {
    const { says, remedy: todo } = troubleOf(() => readFlags(args, FLAGS));
    expect(says.en).toBe(said);
    expect(todo.en).toContain(remedy);
    expect(says.zh).not.toBe(says.en);
  });

  it('are listed with what they do', () => {
    expect(describeFlags(FLAGS, 'en')).toBe('  --helpdesk-id ID  the helpdesk\n  -y, --yes         ask nothing');
  });
});

describe('what setup is told', () => {
  it('counts by flag more than in the environment, and takes secrets from files', () => {
    const { given, language, yes } = readOptions(['--app-id', 'cli_2', '--yes', '--lang', 'zh'], {
      FEISHU_APP_ID: 'cli_1',
      FEISHU_APP_SECRET: ' from the environment ',
      HELPDESK_TOKEN: '',
      LANG: 'en_US.UTF-8',
    });
    expect({ given, language, yes }).toEqual({
      given: { FEISHU_APP_ID: 'cli_2', FEISHU_APP_SECRET: 'from the environment' },
      language: 'zh',
      yes: true,
    });
    expect(readOptions(['--app-secret-file', 'package.json'], {}).given.FEISHU_APP_SECRET).toContain(
      'feishu-skill-bot',
    );
  });

  it('is described in both languages', () => {
    for (const language of ['zh', 'en'] as const) {
      for (const flag of ['--create', '--app-id ID', '--dry-run', '-y, --yes', '--helpdesk-token-file FILE']) {
        expect(helpText(language)).toContain(flag);
      }
    }
    expect(helpText('zh')).toContain('扫码创建新应用');
  });

  it.each([
    [['--database-url', 'postgres://me:secret-word@host/db'], 'has a password in it'],
    [['--app-secret-file', '/nowhere/secret'], 'names /nowhere/secret, which cannot be read'],
    [['--lang', 'fr'], 'There is no language “fr”.'],
  ])('%j is refused', (args, said) => {
    const { message } = troubleOf(() => readOptions(args, {}));
    expect(message).toContain(said);
    expect(message).not.toContain('secret-word');
  });
});
