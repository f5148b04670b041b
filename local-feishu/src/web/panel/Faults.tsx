import { clearFaults, post } from '../lib/api.ts';
import { useSession, useText } from '../lib/context.ts';
import type { TextKey } from '../lib/texts.ts';
import { Section } from './Section.tsx';

/** Buttons for what can go wrong. */
export function Faults() {
  const { as, setting } = useSession();
  const text = useText();
  const { faults, botIsRunning } = setting;
  return (
    <Section title={text('faults')} note={faults > 0 ? `${faults} ${text('armed')}` : ''} open>
      <div class="fault-buttons">
        <Act label="slow" work={() => post('faults', { kind: { type: 'latency', ms: 3500 }, times: 3 })} />
        <Act label="down" work={() => post('faults', { kind: { type: 'status', status: 503 }, times: 2 })} />
        {setting.desk && <Act label="answerLost" work={() => onNextEdit({ type: 'drop', when: 'after' })} />}
        {setting.desk && <Act label="doneLate" work={() => onNextEdit(DONE_LATE)} />}
        <Act label="duplicate" work={() => post('faults', { on: 'deliveries', kind: { type: 'duplicate' } })} />
        <Act label="expired" work={() => post('expire-token', { as, token: 'access' })} />
        <Act label="refreshExpired" work={() => post('revoke', { as })} />
        {botIsRunning !== undefined && (
          <Act
            label={botIsRunning ? 'killBot' : 'startBot'}
            work={() => post('bot', { run: botIsRunning ? 'kill' : 'start' })}
          />
        )}
        {faults > 0 && <Act label="clear" work={clearFaults} />}
      </div>
    </Section>
  );
}

const onNextEdit = (kind: object): Promise<unknown> =>
  post('faults', { method: 'PATCH', route: '/open-apis/helpdesk/v1/agent_skills/:agent_skill_id', kind });

/** It is told that it failed, and takes effect all the same. */
const DONE_LATE = { type: 'late', afterMs: 5_000, answer: { type: 'status', status: 500 } };

function Act({ label, work }: { label: TextKey; work(): Promise<unknown> }) {
  const { notify } = useSession();
  const text = useText();
  const act = (): void => {
    work().catch((error: unknown) => notify({ type: 'error', text: String(error) }));
  };
  return (
    <button type="button" class="button button-small" onClick={act}>
      {text(label)}
    </button>
  );
}
