import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { serving } from './serving.ts';

/**
 * Nothing but the calls of a Confirm: a read, a write and a read, one after the other on a connection that stays open.
 * Whoever asks names the Feishu to call, as `?feishu=`, and has an answer when they are through.
 */
const agent = new Agent({ keepAlive: true });
const SKILL = '/open-apis/helpdesk/v1/agent_skills/6941215891786825756';

async function call(feishu: string, method: 'GET' | 'PATCH'): Promise<void> {
  const headers = { authorization: 'Bearer u-nobody', 'content-type': 'application/json' };
  const calling = request(`${feishu}${SKILL}`, { method, agent, headers });
  calling.end(method === 'PATCH' ? JSON.stringify({ agent_skill: { name: 'VIP' } }) : undefined);
  const [answer]: IncomingMessage[] = await once(calling, 'response');
  if (answer) await once(answer.resume(), 'end');
}

const server = createServer(async ({ url }, response) => {
  const feishu = new URL(url ?? '', 'http://localhost').searchParams.get('feishu') ?? '';
  for (const method of ['GET', 'PATCH', 'GET'] as const) await call(feishu, method);
  response.setHeader('content-type', 'application/json');
  response.end('{}');
});
server.listen(0, '127.0.0.1', () => serving(server.address()));
