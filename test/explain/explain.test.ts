import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig, VARIABLES } from '../../src/config/config.ts';
import { unreadable } from '../../src/explain/envFile.ts';
import { explain, formatFault } from '../../src/explain/explain.ts';
import { languageOf } from '../../src/explain/language.ts';
import { phraseFault } from '../../src/explain/variables.ts';
import { FeishuError, type FeishuErrorKind } from '../../src/feishu/errors.ts';
import { RegistrationFailed } from '../../src/feishu/registration.ts';
import { PortTaken } from '../../src/http/listen.ts';
import { DatabaseUnavailable } from '../../src/store/open.ts';

const APP = { appId: 'cli_1', baseUrl: 'https://open.feishu.cn' };
const feishu = (kind: FeishuErrorKind, details: ConstructorParameters<typeof FeishuError>[2] = {}) =>
  explain(new FeishuError(kind, 'said by Feishu', details), APP);

describe('an error is explained', () => {
  it.each([
    [10003, 'unknown_app'],
    [10014, 'unknown_app'],
    [10015, 'wrong_secret'],
    [99991662, 'app_disabled'],
    [11205, 'bot_off'],
    [230006, 'bot_off'],
    [210040, 'under_review'],
    [210043, 'not_configurable'],
    [210042, 'address_check_failed'],
    [154001, 'desk_elsewhere'],
    [12345, 'refused'],
  ])('by Feishu’s code %i', (code, expected) => {
    const trouble = feishu('unexpected', { code, logId: 'log-1' });
    expect(trouble.code).toBe(expected);
    for (const language of ['zh', 'en'] as const)
      expect(formatFault(trouble, language)).toContain(`code ${code}, log id log-1`);
  });

  it.each([
    ['unreachable', {}, 'no_network', 'Check network, DNS and firewall'],
    ['no-answer', {}, 'no_answer', 'https://open.feishu.cn did not answer in time'],
    ['rate-limited', { code: 99991400 }, 'rate_limited', 'Feishu limits'],
    ['unavailable', { httpStatus: 502 }, 'not_feishu', '(HTTP 502)'],
    ['unexpected', { httpStatus: 200 }, 'not_feishu', 'A proxy or a sign-in page'],
    ['unavailable', { code: 155000, httpStatus: 500 }, 'feishu_trouble', 'internal error'],
    [
      'app-scope',
      { code: 99991672, scopes: ['helpdesk:all:readonly', 'helpdesk:all'] },
      'missing_scope',
      'https://open.feishu.cn/app/cli_1/auth?q=helpdesk:all:readonly,helpdesk:all&op_from=openapi',
    ],
  ] as const)('by its kind %s', (kind, details, code, said) => {
    const trouble = feishu(kind, { ...details, scopes: 'scopes' in details ? [...details.scopes] : undefined });
    expect(trouble.code).toBe(code);
    expect(formatFault(trouble, 'en')).toContain(said);
    expect(formatFault(trouble, 'zh')).not.toBe(formatFault(trouble, 'en'));
  });

  it('whatever else it is', () => {
    const listening = (code: string) => Object.assign(new Error('listen X: 0.0.0.0:80'), { code });
    expect(explain(new RegistrationFailed('expired')).code).toBe('qr_expired');
    expect(explain(new RegistrationFailed('denied')).code).toBe('qr_denied');
    expect(explain(new DatabaseUnavailable(new Error('refused'))).code).toBe('database_unreachable');
    const taken = explain(new PortTaken({ host: '0.0.0.0', port: 80, variable: 'METRICS_PORT' }));
    expect(taken.code).toBe('port_taken');
    for (const language of ['zh', 'en'] as const)
      expect(formatFault(taken, language)).toMatch(/0\.0\.0\.0:80.*METRICS_PORT/);
    expect(explain(listening('EACCES')).code).toBe('cannot_listen');
    expect(formatFault(explain(new TypeError('odd')), 'en')).toBe(
      'Something unexpected: odd. Please report it with this message.',
    );
    expect(explain('a word')).toMatchObject({ code: 'unexpected' });
  });
});

it('a file of settings that somebody else owns is told with its owner and its mode', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillbot-terminal-'));
  const file = join(folder, '.env');
  writeFileSync(file, '');
  chmodSync(file, 0o400);
  const trouble = unreadable(file, new Error('EACCES: permission denied'));
  rmSync(folder, { recursive: true });
  expect(trouble.code).toBe('env_unreadable');
  expect(formatFault(trouble, 'en')).toContain(`It belongs to user ${process.getuid?.()} and has mode 400;`);
  expect(formatFault(trouble, 'zh')).toContain(`chown 用户 ${file} && chmod 600 ${file}`);
});

describe('a faulty variable', () => {
  const schemas = ['values.ts', 'variables.ts'].map((name) =>
    readFileSync(new URL(`../../src/config/${name}`, import.meta.url), 'utf8'),
  );
  const problems = schemas.flatMap((source) =>
    [...source.matchAll(/'((?:is|has|does) [^']+)'/g)].map(([, text]) => text ?? ''),
  );

  it('is told in Chinese, whatever the problem and the variable', () => {
    expect(problems.length).toBeGreaterThan(8);
    const foreign = ['is missing', ...problems].filter((problem) =>
      phraseFault({ variable: 'PORT', problem, remedy: '' }).says.zh.includes(problem),
    );
    expect(foreign).toEqual([]);
    const untold = VARIABLES.filter(
      (variable) => phraseFault({ variable, problem: '', remedy: 'English' }).remedy.zh === 'English',
    );
    expect(untold).toEqual([]);
  });

  it('that is a number beyond its limits is told in Chinese alone', () => {
    const wrong = { PORT: '65536', CHANGE_TTL_SECONDS: '0' };
    let said = '';
    try {
      readConfig(wrong);
    } catch (error) {
      said = formatFault(explain(error), 'zh');
    }
    expect(said).toContain('  PORT 大于 65535。设置');
    expect(said).toContain('  CHANGE_TTL_SECONDS 小于 1。设置');
    expect(said).not.toMatch(/ is /);
  });

  it('is one line of what a faulty configuration says', () => {
    const error = new ConfigError([{ variable: 'PORT', problem: 'is not a whole number', remedy: 'Set a port' }]);
    expect(formatFault(explain(error), 'en')).toBe(error.message);
    expect(formatFault(explain(error), 'zh')).toBe(
      '配置有 1 处错误：\n  PORT 不是整数。设置 0 到 65535 之间的端口，例如 3000',
    );
  });
});

describe('the language of a terminal', () => {
  it.each([
    [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
    [{ LANG: 'zh' }, 'zh'],
    [{ LANG: 'en_US.UTF-8' }, 'en'],
    [{ LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
    [{ LC_ALL: '', LC_MESSAGES: 'zh_TW', LANG: 'C' }, 'zh'],
    [{}, 'en'],
  ])('is that of the locale %j', (env, language) => {
    expect(languageOf(env)).toBe(language);
  });
});
