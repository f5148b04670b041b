import { isObject } from '../../json.ts';
import { Card } from '../card/Card.tsx';
import { useSession, useText } from '../lib/context.ts';
import type { Rejection } from '../lib/rejections.ts';
import { Avatar } from './Avatar.tsx';

/** A message that Feishu did not take, in its place. */
export function RejectedCard({ rejection }: { rejection: Rejection }) {
  const { setting } = useSession();
  const text = useText();
  return (
    <article class="message from-bot">
      <Avatar id={setting.bot.openId} name={setting.bot.name} isBot />
      <div class="message-body">
        <Refusal title={text('rejected')} rejection={rejection} />
      </div>
    </article>
  );
}

/** What Feishu did not take: the code and the reason in red, and the card to look at. */
export function Refusal({ title, rejection }: { title: string; rejection: Rejection }) {
  const text = useText();
  return (
    <div class="rejected" role="alert">
      <strong>{title}</strong>
      <p class="reason">
        <code>{rejection.code}</code> {rejection.reason}
      </p>
      {isObject(rejection.card) && (
        <details>
          <summary>{text('json')}</summary>
          <Card card={rejection.card} />
          <pre class="json">{JSON.stringify(rejection.card, null, 2)}</pre>
        </details>
      )}
    </div>
  );
}
