import { beforeEach, describe, expect, it } from '@jest/globals';
import { masked } from '../../src/cards/masked.ts';
import { asText, noteOnly, peopleIn, withoutChips } from '../../src/cards/otherForms.ts';
import { MessageId, OpenId } from '../../src/domain/ids.ts';
import { FeishuError, type FeishuErrorKind } from '../../src/feishu/errors.ts';
import type { Messages } from '../../src/feishu/messages.ts';
import { withOtherForms } from '../../src/feishu/refusedCards.ts';
import { type CapturedLogs, captureLogs } from '../support/logs.ts';

const TO = MessageId.parse('om_question');
const SHOWN = MessageId.parse('om_answer');
const TOM = OpenId.parse('ou_tom');
const EVE = OpenId.parse('ou_eve');

const text = (zh: string, en: string) => ({ content: zh, i18n_content: { zh_cn: zh, en_us: en } });
const CARD = {
  schema: '2.0',
  header: { title: { tag: 'plain_text', ...text('技能', 'Skill') } },
  body: {
    elements: [
      { tag: 'markdown', ...text("操作人 <person id='ou_tom' show_name=true></person>", 'By <at id=ou_tom></at>') },
      { tag: 'person_list', persons: [{ id: TOM }, { id: EVE }] },
      { tag: 'markdown', ...text('a&#64;example.com', 'a&#64;example.com') },
    ],
  },
};
const WITHOUT_PEOPLE = { ...CARD, body: { elements: [CARD.body.elements[2]] } };

const error = (code: number | undefined, kind: FeishuErrorKind = 'bad-request', httpStatus = 400) =>
  new FeishuError(kind, 'no', { code, logId: 'log-1', httpStatus });

/** What is posted, in order; each of the first ones fails as told. */
class Posts {
  readonly all: { way: string; what: unknown; uuid?: string }[] = [];
  readonly fails: FeishuError[] = [];

  #post<T>(entry: Posts['all'][number], result: T): Promise<T> {
    this.all.push(entry);
    const failure = this.fails.shift();
    return failure ? Promise.reject(failure) : Promise.resolve(result);
  }

  messages(): Messages {
    return {
      reply: (_to, what, uuid) => this.#post({ way: 'reply', what, uuid }, SHOWN),
      send: (_to, what, uuid) => this.#post({ way: 'send', what, uuid }, SHOWN),
      update: (_message, what) => this.#post({ way: 'update', what }, SHOWN),
      updateClicked: (_token, what) => this.#post({ way: 'click', what }, undefined),
      postText: (_to, what, uuid) => this.#post({ way: 'text', what, uuid }, undefined),
    };
  }
}

describe('a card that Feishu does not take', () => {
  let posts: Posts;
  let logs: CapturedLogs;
  let messages: Messages;
  beforeEach(() => {
    posts = new Posts();
    logs = captureLogs();
    const namesOf = async () => new Map([[TOM, 'Tom *T*']]);
    const forms = { peopleIn, withoutChips, masked, asText, noteOnly, namesOf };
    messages = withOtherForms(posts.messages(), forms, logs.logger);
  });

  const ways = () => posts.all.map(({ way }) => way);

  it('is posted as it is as long as it is taken', async () => {
    expect(await messages.reply(TO, CARD, 'u')).toBe(SHOWN);
    expect(posts.all).toEqual([{ way: 'reply', what: CARD, uuid: 'u' }]);
  });

  it.each([error(230099), error(100290), error(200621), error(231999, 'unexpected')])(
    'for %p comes without chips, the people by name or id',
    async (refusal) => {
      posts.fails.push(refusal);
      expect(await messages.reply(TO, CARD, 'u')).toBe(SHOWN);
      const [first, second] = posts.all;
      expect(JSON.stringify(second?.what)).not.toMatch(/<person|<at|person_list/);
      expect(JSON.stringify(second?.what)).toContain('操作人 Tom &#42;T&#42;');
      expect(JSON.stringify(second?.what)).toContain('Tom *T*、ou_eve');
      expect(second?.uuid).not.toBe(first?.uuid);
      expect(second?.uuid?.length).toBeLessThanOrEqual(50);
      expect(logs.lines()).toMatchObject([{ msg: 'card refused', code: refusal.code, logId: 'log-1' }]);
    },
  );

  it('comes as a text, in both languages, with code and log id, when that is refused as well', async () => {
    posts.fails.push(error(230099), error(11311));
    expect(await messages.send({ openId: TOM }, CARD, 'u')).toBeUndefined();
    expect(ways()).toEqual(['send', 'send', 'text']);
    const said = String(posts.all[2]?.what);
    expect(said).toMatch(
      /^技能\n操作人 Tom \*T\*\nTom \*T\*、ou_eve\na@example\.com\n—— 飞书没有接受这张卡片（错误码 11311，日志 log-1）/,
    );
    expect(said).toMatch(/\nSkill\nBy Tom \*T\*\n[\s\S]*did not take this card \(code 11311, log log-1\)/);
    expect(new Set(posts.all.map(({ uuid }) => uuid)).size).toBe(3);
  });

  it('comes as a text at once when it shows nobody', async () => {
    posts.fails.push(error(230099));
    expect(await messages.reply(TO, WITHOUT_PEOPLE, 'u')).toBeUndefined();
    expect(ways()).toEqual(['reply', 'text']);
  });

  it('comes without addresses when an audit refuses those, in every form', async () => {
    posts.fails.push(error(230028), error(230028));
    await messages.reply(TO, WITHOUT_PEOPLE, 'u');
    expect(ways()).toEqual(['reply', 'reply', 'text']);
    for (const { what } of posts.all.slice(1)) expect(JSON.stringify(what)).not.toMatch(/@|&#64;/);
  });

  it('is no more than told when its text is refused, and in the end let be', async () => {
    posts.fails.push(error(230022), error(230022), error(230022));
    expect(await messages.reply(TO, CARD, 'u')).toBeUndefined();
    expect(String(posts.all[3]?.what)).not.toContain('Tom');
    posts.fails.push(...Array.from({ length: 4 }, () => error(230022)));
    expect(await messages.reply(TO, CARD, 'v')).toBeUndefined();
    expect(ways()).toHaveLength(8);
    expect(logs.lines().at(-1)).toMatchObject({ level: 50, msg: 'nothing can be said' });
  });

  it('replaces the card of a message all the same, or is said below it', async () => {
    posts.fails.push(error(230099));
    expect(await messages.update(TO, CARD)).toBe(SHOWN);
    posts.fails.push(error(230099), error(230099));
    expect(await messages.update(TO, CARD)).toBe(TO);
    expect(ways()).toEqual(['update', 'update', 'update', 'update', 'text']);
  });

  it.each([
    error(231003, 'chat-gone'),
    error(99991400, 'rate-limited'),
    error(undefined, 'unexpected'),
    error(155000, 'unavailable', 500),
    error(99991672, 'app-scope'),
  ])('has no other form for %p', async (failure) => {
    posts.fails.push(failure);
    await expect(messages.reply(TO, CARD, 'u')).rejects.toBe(failure);
    expect(ways()).toEqual(['reply']);
  });
});
