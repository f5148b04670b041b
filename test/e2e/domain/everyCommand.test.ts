import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { COMMANDS, findCommand, nearestCommand } from '../../../src/commands/registry.ts';
import type { ShownCard } from '../../support/shownCard.ts';
import { type Actor, type Stage, startStage } from '../../support/story.ts';
import { asInTheBeginning, done, VIP } from './admin.ts';
import { fieldsOf } from './fields.ts';

const HAN = /\p{Script=Han}/u;
const NOT_UNDERSTOOD = 'This command was not understood';

/** Commands that do something when nothing follows them, even where they take something. */
const worksAlone = ({ usage }: (typeof COMMANDS)[number]): boolean => !usage.en.startsWith('<');

let stage: Stage;
let zhou: Actor;
beforeAll(async () => {
  stage = await startStage({ loggedIn: ['owner'] });
  zhou = stage.person('owner');
});
beforeEach(() => asInTheBeginning(stage));
afterAll(() => stage.close());

describe('the registry', () => {
  it('has every command of the contract', () => {
    expect(COMMANDS.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'help',
        'list',
        'show',
        'rename',
        'add-agent',
        'remove-agent',
        'set-agents',
        'rules',
        'add-rule',
        'edit-rule',
        'remove-rule',
        'create',
        'delete',
        'agents',
        'history',
        'undo',
        'login',
        'logout',
        'whoami',
      ]),
    );
  });

  it('uses every word once', () => {
    const words = COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(words.filter((word, at) => words.indexOf(word) < at)).toEqual([]);
  });

  it('shows every command on the help card, with a button for each form', async () => {
    const card = await zhou.says('/skill help');
    for (const { name, summary, usage } of COMMANDS) {
      expect(card.text).toContain(`/skill ${name} ${usage.en}`.trim());
      expect(card.text).toContain(summary.en);
      expect(card.chinese).toContain(summary.zh);
    }
    const forms = COMMANDS.flatMap(({ name, form }) => (form ? [`form.${name}`] : []));
    expect(card.actions).toEqual(forms);
  });
});

describe.each(COMMANDS.map((command) => [command.name, command] as const))('/skill %s', (name, command) => {
  it('says what it does, in both languages', () => {
    const { summary, usage, examples } = command;
    expect(summary.zh).toMatch(HAN);
    expect(summary.en).toMatch(/^[A-Z].*\.$/);
    expect(summary.en).not.toMatch(HAN);
    expect(usage.en).not.toMatch(HAN);
    expect(usage.zh === '').toBe(usage.en === '');
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(example).toMatch(new RegExp(`^${name}( |$)`));
  });

  it('has other names, a Chinese one among them, in small letters', () => {
    expect(command.aliases.some((alias) => HAN.test(alias))).toBe(true);
    for (const word of [name, ...command.aliases]) {
      expect(word).toBe(word.normalize('NFKC').toLowerCase() === word ? word : word.toLowerCase());
      expect(word).not.toMatch(/\s/);
      expect(findCommand(word)).toBe(command);
    }
    expect(nearestCommand(`${name}x`)).toBe(command);
  });

  it('has a help card under each of its names', async () => {
    for (const word of [name, ...command.aliases]) {
      const card = await zhou.says(`/skill help ${word}`);
      expect(card).toMatchObject({ template: 'blue', title: `/skill ${name}` });
      expect(card.text).toContain(`Usage　/skill ${name} ${command.usage.en}`.trim());
      expect(card.text).toContain(command.summary.en);
      expect(card.chinese).toContain(`用法**　/skill ${name}`.replaceAll('**', ''));
      for (const example of command.examples) expect(card.text).toContain(`/skill ${example}`);
      for (const alias of command.aliases) expect(card.text).toContain(alias);
    }
  });

  it('runs each of its examples', async () => {
    for (const example of command.examples) {
      asInTheBeginning(stage);
      await done(stage, zhou, `/skill add-rule ${VIP} 城市 是 上海`);
      const card = await zhou.says(`/skill ${example}`);
      const isMadeUp = /[0-9A-HJKMNP-TV-Z]{26}/.test(example);
      if (isMadeUp) expect(card.title).toBe('No such change');
      else expect({ example, template: card.template, text: card.text }).not.toMatchObject({ template: 'red' });
      if (command.writes && !isMadeUp) expect(card.actions).toEqual(['change.confirm', 'change.cancel']);
    }
    if (name === 'logout') await logIn();
  });

  it.each(['p2p', 'group'] as const)('helps whoever writes nothing after it (%s)', async (chat) => {
    await done(stage, zhou, `/skill rename ${VIP} Gold`);
    for (const word of [name, command.aliases.find((alias) => HAN.test(alias)) ?? name]) {
      const card = await zhou.says(`/skill ${word}`, { chat });
      if (worksAlone(command)) expect(card.template).not.toBe('red');
      else if (command.form) expectForm(card);
      else expectUsage(card);
    }
    if (name === 'logout') await logIn();
  });

  if (command.form) {
    const { title } = command.form;
    it('opens its form from the help card, or does without when there is nothing to ask', async () => {
      const card = await zhou.says('/skill help');
      await zhou.presses(card, `form.${name}`);
      expect(card.template).toBe('blue');
      if (fieldsOf(card).length > 0) expect(card).toMatchObject({ title: title.en });
      else expect(card.title).not.toBe('Agent skills by chat');
    });
  }

  if (!worksAlone(command) && !command.form) {
    it('has its usage told when something is missing', async () => {
      expectUsage(await zhou.says(`/skill ${name} ""`));
    });
  }

  const expectForm = (card: ShownCard) => {
    expect(card).toMatchObject({ template: 'blue', title: command.form?.title.en });
    expect(card.chinese).toContain(command.form?.title.zh);
    expect(fieldsOf(card).length).toBeGreaterThan(0);
    expect(new Set(card.actions)).toEqual(new Set([`form.${name}`]));
  };

  const expectUsage = (card: ShownCard) => {
    expect(card).toMatchObject({ template: 'red', title: NOT_UNDERSTOOD });
    expect(card.text).toContain(`Received: /skill`);
    expect(card.text).toContain('Still missing');
    expect(card.text).toContain(`Usage　/skill ${name} ${command.usage.en}`.trim());
    for (const example of command.examples) expect(card.text).toContain(`/skill ${example}`);
  };
});

async function logIn(): Promise<void> {
  const card = await zhou.says('/skill login');
  await zhou.logsIn(card);
  await card.becomes('green');
}
