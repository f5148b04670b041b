import type { ShownMessage } from '../../control/snapshot.ts';
import { Card } from '../card/Card.tsx';
import { useNames, useSession, useText } from '../lib/context.ts';
import { clockTime } from '../lib/reading.ts';
import type { Rejection } from '../lib/rejections.ts';
import { Avatar } from './Avatar.tsx';
import { Refusal } from './RejectedCard.tsx';
import { textOfMessage } from './summary.ts';

interface Props {
  message: ShownMessage;
  /** Updates of this message that Feishu did not take. */
  rejections: Rejection[];
}

/** One message: a bubble of text, or a card. */
export function Message({ message, rejections }: Props) {
  const { as, setting, language } = useSession();
  const text = useText();
  const name = useNames()(message.senderId);
  const isBot = message.senderKind === 'bot';
  const isOwn = message.senderId === setting.people[as]?.openId;
  return (
    <article
      class={`message ${isOwn ? 'from-me' : isBot ? 'from-bot' : 'from-other'}`}
      data-message={message.messageId}
    >
      <Avatar id={message.senderId} name={name} isBot={isBot} />
      <div class="message-body">
        <p class="message-head">
          <span class="sender">{name}</span>
          <time dateTime={new Date(message.createdAt).toISOString()}>{clockTime(message.createdAt, language)}</time>
        </p>
        <Content message={message} />
        {message.card && !message.recalled && <Foot message={message} />}
        {rejections.map((rejection) => (
          <Refusal key={rejection.seq} title={text('rejectedUpdate')} rejection={rejection} />
        ))}
      </div>
    </article>
  );
}

function Content({ message }: { message: ShownMessage }) {
  const text = useText();
  if (message.recalled) return <p class="recalled">{text('recalled')}</p>;
  if (message.card) return <Card card={message.card} messageId={message.messageId} />;
  return <p class="bubble">{withMentions(textOfMessage(message), message)}</p>;
}

/** The text with its mentions marked. */
function withMentions(text: string, { mentions }: ShownMessage) {
  const names = mentions.map(({ name }) => `@${name}`);
  if (names.length === 0) return text;
  const escaped = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return text.split(new RegExp(`(${escaped.join('|')})`)).map((part, index) =>
    names.includes(part) ? (
      <span key={index} class="mention">
        {part}
      </span>
    ) : (
      part
    ),
  );
}

function Foot({ message }: { message: ShownMessage }) {
  const { inspect } = useSession();
  const text = useText();
  return (
    <p class="message-foot">
      {message.versions > 1 && <span>{text('updated')}</span>}
      <button type="button" class="link" onClick={() => inspect(message.messageId)}>
        JSON
      </button>
    </p>
  );
}
