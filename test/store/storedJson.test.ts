import { describe, expect, it } from '@jest/globals';
import { Delivery } from '../../src/domain/delivery.ts';
import {
  contentColumn,
  intentColumn,
  outcomeColumn,
  readDelivery,
  remarksColumn,
  writeDelivery,
} from '../../src/store/storedJson.ts';
import { onEveryDatabase } from '../support/database.ts';
import { changeId, NOW, newChange } from './samples.ts';

// Texts as version 0.2.0 has written them, character by character. They are never to be changed.
const RULE =
  '{"id":"12","selected_operator":8,"operator_options":[7,8],"operand":{"selected_departments":[{"id":"od-1","agent_ids":"kept"}]},"category":3,"display_name":"部门"}';
const DIFFERENCES = `[{"field":"name","before":"a","after":"b"},{"field":"agent_ids","added":["ou_zhang"],"removed":[]},{"field":"rules","added":[],"removed":[${RULE}]}]`;
const BASE = `{"name":"Key accounts","rules":[${RULE}],"agent_ids":["ou_tom"]}`;
const REMARKS = `[{"kind":"already-there","agent_ids":["ou_tom"]},{"kind":"kept-since","kept":${DIFFERENCES}},{"kind":"changed-meanwhile","differences":${DIFFERENCES}},{"kind":"named-by-rules","values":[{"id":"od-1","name":"IT","skill":{"id":"6941215891786825757","name":"Tier 3"}}]}]`;
const OUTCOME = `{"differences":${DIFFERENCES},"failure":{"kind":"refused","code":1,"message":"m","log_id":"L1"},"log_id":"L2","before":{"name":"Key accounts","rules":[${RULE}],"agent_ids":["ou_tom"]},"whole":true,"in_doubt":1,"sent_at":3,"unknown":{"offers_retry":true,"failure":{"kind":"refused","message":"m","log_id":"L3"},"retried_by":"00000000000000000000000000"},"created_id":"6941215891786825757"}`;
const INTENTS = [
  '{"kind":"add-agents","agent_ids":["ou_zhang"]}',
  `{"kind":"add-rule","rule":${RULE}}`,
  `{"kind":"edit-rule","rule":"[\\"12\\",8,null]","to":${RULE}}`,
  '{"kind":"create","content":{"name":"VIP","rules":[],"agent_ids":["ou_tom","ou_zhang"]},"existing":["6941215891786825757"]}',
  `{"kind":"undo","change":"00000000000000000000000000","differences":${DIFFERENCES}}`,
];
const DELIVERIES = [
  '{"kind":"message","message_id":"om_1","chat_id":"oc_1","chat_type":"group","sender_id":"ou_tom","text":"@_user_1 list","mentions":[{"key":"@_user_1","open_id":"ou_bot","name":"Bot","is_bot":true},{"key":"@_user_2","open_id":"ou_x","name":"X","is_bot":false,"is_stranger":true}]}',
  '{"kind":"card-action","event_id":"e1","pressed_at":5,"operator_id":"ou_tom","message_id":"om_2","chat_id":"oc_1","token":"t","action":{"name":"skill.pick","id":"v","details":{"chat_id":"kept","skill":"1"},"option":"o","form":{"operator_0":"8","agent_ids":["ou_zhang"]}}}',
  '{"kind":"greeting","to":{"chat_id":"oc_1"},"owner_id":"ou_tom"}',
  '{"kind":"greeting","to":{"open_id":"ou_tom"},"owner_id":"ou_tom"}',
  '{"kind":"refusal","to":{"message_id":"om_1"}}',
  '{"kind":"revoked","open_id":"ou_tom","revoked_at":6}',
  '{"kind":"replan","change_id":"00000000000000000000000000"}',
  '{"kind":"login-ended","open_id":"ou_tom","card_message_id":"om_2","ending":"done"}',
  '{"kind":"set-aside","of":"message:om_1","chat_id":"oc_1","message_id":"om_1"}',
];

const rule = {
  id: '12',
  selectedOperator: 8,
  operatorOptions: [7, 8],
  operand: { selected_departments: [{ id: 'od-1', agent_ids: 'kept' }] },
  category: 3,
  displayName: '部门',
};
const differences = [
  { field: 'name', before: 'a', after: 'b' },
  { field: 'agentIds', added: ['ou_zhang'], removed: [] },
  { field: 'rules', added: [], removed: [rule] },
];
const base = { name: 'Key accounts', rules: [rule], agentIds: ['ou_tom'] };

describe('JSON of version 0.2.0', () => {
  it('is read as a skill', () => {
    expect(contentColumn.read(BASE)).toEqual(base);
  });

  it('is read as an intent', () => {
    expect(INTENTS.map(intentColumn.read)).toEqual([
      { kind: 'add-agents', agentIds: ['ou_zhang'] },
      { kind: 'add-rule', rule },
      { kind: 'edit-rule', rule: '["12",8,null]', to: rule },
      {
        kind: 'create',
        content: { name: 'VIP', rules: [], agentIds: ['ou_tom', 'ou_zhang'] },
        existing: ['6941215891786825757'],
      },
      { kind: 'undo', change: changeId(0), differences },
    ]);
  });

  it('is read as remarks', () => {
    expect(remarksColumn.read(REMARKS)).toEqual([
      { kind: 'already-there', agentIds: ['ou_tom'] },
      { kind: 'kept-since', kept: differences },
      { kind: 'changed-meanwhile', differences },
      {
        kind: 'named-by-rules',
        values: [{ id: 'od-1', name: 'IT', skill: { id: '6941215891786825757', name: 'Tier 3' } }],
      },
    ]);
  });

  it('is read as an outcome', () => {
    expect(outcomeColumn.read(OUTCOME)).toEqual({
      differences,
      failure: { kind: 'refused', code: 1, message: 'm', logId: 'L1' },
      logId: 'L2',
      before: base,
      whole: true,
      inDoubt: 1,
      sentAt: 3,
      unknown: {
        offersRetry: true,
        failure: { kind: 'refused', message: 'm', logId: 'L3' },
        retriedBy: changeId(0),
      },
      createdId: '6941215891786825757',
    });
  });

  it('is read as a delivery', () => {
    expect(DELIVERIES.map(readDelivery)).toEqual([
      {
        kind: 'message',
        messageId: 'om_1',
        chatId: 'oc_1',
        chatType: 'group',
        actorId: 'ou_tom',
        text: '@_user_1 list',
        mentions: [
          { key: '@_user_1', openId: 'ou_bot', name: 'Bot', isBot: true },
          { key: '@_user_2', openId: 'ou_x', name: 'X', isBot: false, isStranger: true },
        ],
      },
      {
        kind: 'card-action',
        eventId: 'e1',
        pressedAt: 5,
        actorId: 'ou_tom',
        cardMessageId: 'om_2',
        chatId: 'oc_1',
        token: 't',
        action: {
          name: 'skill.pick',
          id: 'v',
          details: { chat_id: 'kept', skill: '1' },
          option: 'o',
          form: { operator_0: '8', agent_ids: ['ou_zhang'] },
        },
      },
      { kind: 'greeting', to: { chatId: 'oc_1' }, actorId: 'ou_tom' },
      { kind: 'greeting', to: { openId: 'ou_tom' }, actorId: 'ou_tom' },
      { kind: 'refusal', to: { messageId: 'om_1' } },
      { kind: 'revoked', openId: 'ou_tom', revokedAt: 6 },
      { kind: 'replan', changeId: changeId(0) },
      { kind: 'login-ended', actorId: 'ou_tom', cardMessageId: 'om_2', ending: 'done' },
      { kind: 'set-aside', of: 'message:om_1', chatId: 'oc_1', messageId: 'om_1' },
    ]);
  });

  it('has every kind of delivery', () => {
    const kinds = new Set(DELIVERIES.map((text) => readDelivery(text).kind));
    expect([...kinds].sort()).toEqual(Delivery.options.map((option) => option.shape.kind.value).sort());
  });

  it('is what this version writes, too: an older replica has to read it', () => {
    expect(contentColumn.write(contentColumn.read(BASE))).toBe(BASE);
    expect(INTENTS.map((text) => intentColumn.write(intentColumn.read(text)))).toEqual(INTENTS);
    expect(remarksColumn.write(remarksColumn.read(REMARKS))).toBe(REMARKS);
    expect(outcomeColumn.write(outcomeColumn.read(OUTCOME))).toBe(OUTCOME);
    expect(DELIVERIES.map((text) => writeDelivery(readDelivery(text)))).toEqual(DELIVERIES);
  });
});

it('reads the spelling of the domain as well', () => {
  expect(contentColumn.read(JSON.stringify(base))).toEqual(base);
  for (const delivery of DELIVERIES.map(readDelivery)) expect(readDelivery(JSON.stringify(delivery))).toEqual(delivery);
});

describe('a change', () => {
  onEveryDatabase((open) => {
    it('of version 0.2.0 is read from its row, and written as that version writes it', async () => {
      const { db, store } = await open();
      const { id } = await store.changes.insert(newChange(1));
      const own = await db.selectFrom('changes').select(['intent', 'base', 'target']).executeTakeFirstOrThrow();
      expect(own).toEqual({
        intent: '{"kind":"rename","name":"VIP"}',
        base: '{"name":"Key accounts","rules":[{"id":"12","selected_operator":8,"operand":"{\\"a\\":1}"}],"agent_ids":["ou_tom"]}',
        target:
          '{"name":"VIP","rules":[{"id":"12","selected_operator":8,"operand":"{\\"a\\":1}"}],"agent_ids":["ou_tom"]}',
      });
      const [intent] = INTENTS;
      await db.updateTable('changes').set({ intent, base: BASE, remarks: REMARKS, outcome: OUTCOME }).execute();
      expect(await store.changes.get(id)).toMatchObject({
        intent: { kind: 'add-agents', agentIds: ['ou_zhang'] },
        base,
        remarks: [{ kind: 'already-there', agentIds: ['ou_tom'] }, {}, {}, {}],
        outcome: { inDoubt: 1, createdId: '6941215891786825757' },
        createdAt: NOW,
      });
    });
  });
});
