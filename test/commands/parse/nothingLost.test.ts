import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { UsageError } from '../../../src/commands/errors.ts';
import { readLine } from '../../../src/commands/parse/line.ts';
import { AgentReference } from '../../../src/commands/parse/people.ts';
import { findCommand } from '../../../src/commands/registry.ts';
import { resolveAgents } from '../../../src/commands/resolve/resolve.ts';
import type { Mention } from '../../../src/domain/delivery.ts';
import { OpenId } from '../../../src/domain/ids.ts';
import type { People } from '../../../src/feishu/people.ts';
import { messageText } from '../../../src/transport/messageText.ts';
import { MENTIONS, TOM, WANG, ZHANG } from './samples.ts';

/** A message of Feishu's, with the pieces that it was put together from. */
interface Message {
  type: 'text' | 'post';
  content: unknown;
  mentions: readonly Mention[];
}

/** Reads a message the way it is read when it comes in: its text, the command line, the command. */
function read({ type, content, mentions }: Message): unknown {
  const { text } = messageText(type, JSON.stringify(content));
  const line = readLine(text, mentions);
  const command = line && findCommand(line.verb);
  if (!command) throw new Error(`this is no command: ${text}`);
  return command.read(line);
}

/** Something that a person says, and how the input of a command holds it: one of these is in it. */
interface Piece {
  said: string;
  kept: string[];
}

const mentionOf = ({ key, name, openId }: Mention): Piece => ({
  said: key,
  kept: [String(openId), `@${name}`],
});
const address = (said: string, ...kept: string[]): Piece => ({ said, kept });

const PEOPLE: Piece[] = [
  ...[ZHANG, TOM, WANG].map(mentionOf),
  address('sara@e.com', 'sara@e.com'),
  address('<mo@e.com>', 'mo@e.com'),
  address('（li@e.com）', 'li@e.com'),
  address('mailto:fu@e.com', 'fu@e.com'),
  address('ou_bob', 'ou_bob'),
];
/** A sign right before an id or an address may mean the opposite, and is quoted: it is no mark of a list. */
const marked = (mark: string, { said }: Piece): string => (mark === '-' && /^[\w<]/u.test(said) ? '- ' : mark) + said;

/** With the name that stands beside it. */
const NAMED: (Piece & { name: string })[] = [
  { ...address('陈默 <chen@e.com>', 'chen@e.com'), name: '陈默' },
  { ...address('何平\the@e.com', 'he@e.com'), name: '何平' },
  { ...address('wu@e.com  吴敏', 'wu@e.com'), name: '吴敏' },
];
const WORDS: Piece[] = [
  '组长',
  '组长：',
  '名单:',
  '北京',
  '上海市',
  'New',
  'x-1',
  '2号',
  // No list of these tests counts so far.
  '（9）班',
  '(021)1234',
  '谢谢！',
  '“二线 组”',
  '@李四',
  '#',
  '[SMILE]',
].map((said) => ({ said, kept: [said, said.replaceAll(/[“”：:]/gu, '')] }));
const MARKS = [
  '',
  '',
  '',
  '- ',
  '-',
  '• ',
  '·',
  '* ',
  '1. ',
  '2、',
  '3) ',
  '（4）',
  '①',
  '+ ',
  '和 ',
  'and ',
  '、',
  '，',
  '> ',
  '一、',
];
const BETWEEN = [' ', ' ', '、', '，', ' 和 ', ' and ', ' & ', '; ', '\t', '  '];

const anyPiece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PEOPLE) },
  { weight: 1, arbitrary: fc.constantFrom(...NAMED) },
  { weight: 1, arbitrary: fc.constantFrom(...WORDS) },
);

interface Line {
  text: string;
  pieces: Piece[];
}

const anyLine: fc.Arbitrary<Line> = fc
  .record({
    mark: fc.constantFrom(...MARKS),
    pieces: fc.array(fc.tuple(anyPiece, fc.constantFrom(...BETWEEN)), { minLength: 1, maxLength: 3 }),
    end: fc.constantFrom('', '', ' ', '、', '，', '。', '\u200b', '\u200e'),
  })
  .map(({ mark, pieces, end }) => ({
    text: mark + pieces.map(([{ said }, between], at) => (at === 0 ? '' : between) + said).join('') + end,
    pieces: pieces.map(([piece]) => piece),
  }));

const HEADS = [
  'set-agents VIP ',
  'add-agent VIP',
  'remove-agent "VIP"',
  'set-agents',
  'create 夜班 ',
  'create',
  'rename VIP ',
  'rename VIP',
  'add-rule VIP 城市 是 ',
  'add-rule VIP 城市 是',
  'edit-rule VIP 城市 ',
  'remove-rule VIP 城市',
  ...['show', 'list', 'rules', 'delete VIP', 'agents', 'history', 'undo', 'login', 'logout', 'whoami', 'help'],
];

const MENTIONED = MENTIONS;

/** The nodes of a post that say a text, mentions as nodes of their own. */
const nodesOf = (text: string): unknown[] =>
  text
    .split(/(@_user_\d+)/u)
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('@_user_') ? { tag: 'at', user_id: part } : { tag: 'text', text: part }));

/** One message in the forms in which clients send it; a code block holds no mentions. */
function formsOf(head: string, lines: readonly Line[]): Message[] {
  const [first = '', ...below] = `/skill ${head}${lines.map(({ text }) => text).join('\n')}`.split('\n');
  const rows = [first, ...below];
  const isPlain = !rows.some((row) => row.includes('@_user_'));
  const block = { tag: 'code_block', language: 'PLAIN_TEXT', text: below.join('\n') };
  const text: Message = { type: 'text', content: { text: rows.join('\n') }, mentions: MENTIONED };
  const post = (content: unknown): Message => ({ type: 'post', content, mentions: MENTIONED });
  return [
    text,
    post({ title: '', content: rows.map(nodesOf) }),
    post({ zh_cn: { content: [[{ tag: 'at', user_id: '@_user_1' }], null, ...rows.map(nodesOf)] } }),
    ...(isPlain ? [post({ content: [nodesOf(first), [null, block]] })] : []),
    ...(isPlain ? [post({ content: [[{ tag: 'md', text: rows.join('\n') }]] })] : []),
  ];
}

const anyMessage = fc
  .record({
    head: fc.constantFrom(...HEADS),
    isBelow: fc.boolean(),
    lines: fc.array(anyLine, { minLength: 1, maxLength: 5 }),
  })
  .chain(({ head, isBelow, lines }) => {
    const forms = formsOf(isBelow ? `${head.trimEnd()}\n` : `${head.trimEnd()} `, lines);
    return fc.record({
      head: fc.constant(head),
      message: fc.constantFrom(...forms),
      pieces: fc.constant(lines.flatMap((line) => line.pieces)),
    });
  });

/** Everything that a problem quotes. */
function quotedIn({ problem }: UsageError): string[] {
  if (problem.kind === 'not-an-agent' || problem.kind === 'not-their-name')
    return problem.pieces.map(({ text }) => text);
  return 'text' in problem && problem.kind !== 'not-writable' ? [problem.text] : [];
}

/** These say what is missing, or refuse a mention: there is nothing in the message to be quoted. */
const WITHOUT_QUOTE = ['missing', 'everyone', 'name-too-long', 'not-writable', 'name-empty'];

const bare = (text: string): string => text.replaceAll(/[\s\u200b\u200e“”]/gu, '');

/** Whether a piece is in an input, its words perhaps apart from each other. */
const isIn = (input: string, { kept }: Piece): boolean =>
  kept.some((one) => one.split(/\s+/u).every((part) => input.includes(part)));

const MAIL = 'ou_mail-';
const idOf = (email: string): OpenId => OpenId.parse(MAIL + Buffer.from(email).toString('hex'));
const saidBy = (id: OpenId): string =>
  id.startsWith(MAIL) ? Buffer.from(id.slice(MAIL.length), 'hex').toString() : id;

/** Who the people of the messages are: an id says which address it belongs to. */
const DIRECTORY: People = {
  byEmail: async (emails) => new Map(emails.map((email) => [email, idOf(email)])),
  nameOf: async (id) => NAMED.find(({ kept }) => kept[0] === saidBy(id))?.name,
  self: () => Promise.reject(new Error('nobody asks for the bot')),
};

const WithAgents = z.object({ agents: z.array(AgentReference) }).loose();

/** An input as a preview shows it, which need not name anybody who is in the skill before and after. */
async function shownOf(input: unknown): Promise<string> {
  const { data } = WithAgents.safeParse(input);
  if (!data) return JSON.stringify(input);
  const agents = await resolveAgents(DIRECTORY, data.agents);
  return JSON.stringify({ ...data, agents: agents.map(({ id }) => saidBy(id)) });
}

/** What is shown, or what the refusal quotes. */
async function outcomeOf(message: Message): Promise<{ input: string } | { quoted: string[]; kind: string }> {
  try {
    return { input: await shownOf(read(message)) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { quoted: quotedIn(error), kind: error.problem.kind };
  }
}

/** Fails unless everything that is quoted is in the message, the people in it by their keys. */
function expectToBeSaid(quoted: readonly string[], { type, content }: Message): void {
  const said = bare(messageText(type, JSON.stringify(content)).text);
  for (const one of quoted) {
    const text = bare(MENTIONS.reduce((rest, { key, name }) => rest.replaceAll(`@${name}`, key), one));
    expect([said, text, text !== '' && said.includes(text)]).toEqual([said, text, true]);
  }
}

describe('nothing that was typed is dropped', () => {
  it('is in what is previewed, or quoted by the refusal, whoever reads it', async () => {
    let understood = 0;
    await fc.assert(
      fc.asyncProperty(anyMessage, async ({ message, pieces }) => {
        const outcome = await outcomeOf(message);
        if ('input' in outcome) {
          understood += 1;
          const lost = pieces.filter((piece) => !isIn(outcome.input, piece)).map(({ said }) => said);
          expect([outcome.input, lost]).toEqual([outcome.input, []]);
        } else {
          expectToBeSaid(outcome.quoted, message);
          if (outcome.quoted.length === 0) expect(WITHOUT_QUOTE).toContain(outcome.kind);
        }
      }),
      { numRuns: 3_000 },
    );
    // Refusing everything would lose nothing, too.
    expect(understood).toBeGreaterThan(500);
  });

  it('understands a list of people, however it is marked and joined, and nobody else is in it', () => {
    const people = fc.uniqueArray(fc.constantFrom(...PEOPLE, ...NAMED), { minLength: 1, maxLength: 8 }).chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.array(fc.constantFrom(...MARKS.filter((mark) => mark !== '> ')), {
          minLength: all.length,
          maxLength: all.length,
        }),
      ),
    );
    fc.assert(
      fc.property(people, fc.constantFrom('set-agents VIP', 'add-agent "VIP"'), ([all, marks], head) => {
        const lines = all.map((piece, at) => ({ text: marked(marks[at] ?? '', piece), pieces: [piece] }));
        for (const message of formsOf(`${head}\n`, lines)) {
          const input: unknown = read(message);
          expect(input).toMatchObject({ skill: 'VIP' });
          const agents: unknown = typeof input === 'object' && input !== null && 'agents' in input ? input.agents : [];
          expect(agents).toHaveLength(all.length);
          for (const { kept } of all) expect(kept.some((one) => JSON.stringify(agents).includes(one))).toBe(true);
        }
      }),
    );
  });

  it('keeps the name that stands beside an address', () => {
    for (const { said, name, kept } of NAMED) {
      const content = { text: `/skill add-agent VIP\n- ${said}` };
      expect(read({ type: 'text', content, mentions: [] })).toEqual({
        skill: 'VIP',
        agents: [{ email: kept[0], name, row: 2 }],
      });
    }
  });
});
