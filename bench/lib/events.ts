import { type EncodedPush, encodePush } from 'local-feishu';
import { systemRandom } from '../../src/lib/random.ts';
import { APP_ID, ENCRYPT_KEY, VERIFICATION_TOKEN } from './secrets.ts';

/** A message event as Feishu sends it for `/skill show VIP` in a group; no two have the same ids. */
function messageEvent(id: string): unknown {
  const now = String(Date.now());
  return {
    schema: '2.0',
    header: {
      event_id: `event-${id}`,
      event_type: 'im.message.receive_v1',
      create_time: now,
      token: VERIFICATION_TOKEN,
      app_id: APP_ID,
      tenant_key: '2ca1d211f64f6438',
    },
    event: {
      sender: {
        sender_id: {
          open_id: 'ou_84aad35d084aa403a838cf73ee18467',
          union_id: 'on_8ed6aa67826108097d9ee143816345',
          user_id: 'e33ggbyz',
        },
        sender_type: 'user',
        tenant_key: '2ca1d211f64f6438',
      },
      message: {
        message_id: `om_${id}`,
        create_time: now,
        update_time: now,
        chat_id: 'oc_5ce6d572455d361153b7xx51da133945',
        chat_type: 'group',
        message_type: 'text',
        content: JSON.stringify({ text: '@_user_1 /skill show VIP' }),
        mentions: [
          {
            key: '@_user_1',
            id: {
              open_id: 'ou_155184d1e73cbfb8973e5a9e698e74f2',
              union_id: 'on_7b2e5f3f1c2d4a5b6c7d8e9f0a1b2c3d',
              user_id: '',
            },
            mentioned_type: 'bot',
            name: 'Skill Bot',
            tenant_key: '2ca1d211f64f6438',
          },
        ],
      },
    },
  };
}

/** `count` events, encrypted and signed; `batch` tells them from all others. */
export const pushes = (batch: string, count: number): EncodedPush[] =>
  Array.from({ length: count }, (_, at) =>
    encodePush(messageEvent(`${batch}_${at}`), ENCRYPT_KEY, { random: systemRandom, now: Date.now() }),
  );
