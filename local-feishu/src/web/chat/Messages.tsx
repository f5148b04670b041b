import { useEffect, useRef } from 'preact/hooks';
import type { Snapshot } from '../../control/snapshot.ts';
import { useSession, useText } from '../lib/context.ts';
import { rejectionsIn } from '../lib/rejections.ts';
import { Message } from './Message.tsx';
import { RejectedCard } from './RejectedCard.tsx';

/** How far away the newest message may be for somebody who still follows, in pixels. */
const NEAR_PX = 160;

/** The messages of the conversation, oldest first, and in their places those that Feishu did not take. */
export function Messages({ snapshot }: { snapshot: Snapshot }) {
  const { chat } = useSession();
  const text = useText();
  const messages = snapshot.messages.filter(({ chatId }) => chatId === chat.chatId);
  const rejections = rejectionsIn(snapshot);
  const refused = rejections.filter(({ chatId, updates }) => chatId === chat.chatId && updates === undefined);
  const entries = [
    ...messages.map((message) => ({ at: message.createdAt, key: message.messageId, message })),
    ...refused.map((rejection) => ({ at: rejection.at, key: `rejected ${rejection.seq}`, rejection })),
  ].sort((a, b) => a.at - b.at);
  const list = useFollowing(entries.at(-1)?.key, messages.map(({ updatedAt }) => updatedAt).join());
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reachable by keyboard.
    <div ref={list} class="messages" role="log" aria-live="polite" aria-label={text('messages')} tabIndex={0}>
      {entries.map((entry) =>
        'message' in entry ? (
          <Message
            key={entry.key}
            message={entry.message}
            rejections={rejections.filter(({ updates }) => updates === entry.message.messageId)}
          />
        ) : (
          <RejectedCard key={entry.key} rejection={entry.rejection} />
        ),
      )}
    </div>
  );
}

/** Keeps the newest message in sight, unless somebody has scrolled up. */
function useFollowing(newest: string | undefined, updates: string) {
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    let top = 0;
    const onScroll = (): void => {
      // What comes in below makes the end move away too; only somebody who scrolls up stops following.
      if (seesNewest(element)) follows.current = true;
      else if (element.scrollTop < top) follows.current = false;
      top = element.scrollTop;
    };
    const observer = new ResizeObserver(() => {
      if (follows.current) showNewest(element);
    });
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, []);
  useEffect(() => {
    if (newest !== undefined && follows.current && list.current) showNewest(list.current);
  }, [newest]);
  useEffect(() => {
    // Somebody who uses a long card stays where they are in it.
    if (updates !== '' && follows.current && list.current && newestFits(list.current)) showNewest(list.current);
  }, [updates]);
  return list;
}

function seesNewest(list: HTMLElement): boolean {
  const newest = list.lastElementChild;
  return newest === null || newest.getBoundingClientRect().top < list.getBoundingClientRect().bottom + NEAR_PX;
}

/** The end of the newest message, or its beginning when it does not fit. */
function showNewest(list: HTMLElement): void {
  if (newestFits(list)) list.scrollTo({ top: list.scrollHeight });
  else list.lastElementChild?.scrollIntoView({ block: 'start' });
}

const newestFits = (list: HTMLElement): boolean => (list.lastElementChild?.clientHeight ?? 0) <= list.clientHeight;
