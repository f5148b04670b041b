import type { CallEntry } from '../../state/callLog.ts';
import { useNames, useText } from '../lib/context.ts';
import { exactTime } from '../lib/reading.ts';
import { Section } from './Section.tsx';

const SHOWN = 60;

/** What the bot asked of Feishu, the newest first. */
export function Calls({ calls }: { calls: CallEntry[] }) {
  const text = useText();
  const shown = calls.slice(-SHOWN).reverse();
  return (
    <Section title={text('calls')} note={calls.length} open>
      {shown.length === 0 && <p class="quiet">{text('nothing')}</p>}
      <ul class="log">
        {shown.map((call) => (
          <li key={call.seq}>
            <Call call={call} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Call({ call }: { call: CallEntry }) {
  const text = useText();
  const nameOf = useNames();
  const failed = call.tookMs !== undefined && (call.status !== 200 || call.code > 0);
  const who = call.userOpenId === undefined ? call.authKind : nameOf(call.userOpenId);
  return (
    <details class={failed ? 'entry failed' : 'entry'}>
      <summary>
        <span class="method">{call.method}</span>
        <span class="path">{call.route.replace('/open-apis', '')}</span>
        <span class="outcome">
          {call.tookMs === undefined ? text('waiting') : `${call.status || text('noAnswer')} · ${call.tookMs} ms`}
        </span>
      </summary>
      <p class="quiet">
        {exactTime(call.startedAt)} · {who} · code {call.code}
        {call.fault === undefined ? '' : ` · ${call.fault}`}
      </p>
      <p class="quiet path">{call.path}</p>
      <Body title={text('request')} body={call.requestBody} />
      <Body title={text('response')} body={call.responseBody} />
    </details>
  );
}

const Body = ({ title, body }: { title: string; body: unknown }) =>
  body === undefined ? null : (
    <>
      <p class="quiet">{title}</p>
      <pre class="json">{JSON.stringify(body, null, 2)}</pre>
    </>
  );
