import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Request, RequestHandler } from 'express';
import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';
import { isObject } from '../json.ts';
import type { CallEntry, CallLog } from '../state/callLog.ts';
import type { CallFault, Faults, StatusFault } from '../state/faults.ts';
import { type AccessParts, checkAccess, presented, type RequestHeaders } from './access.ts';
import { type Answer, failure } from './answers.ts';
import type { ApiRequest, Endpoint } from './endpoint.ts';
import { sendBody } from './sendBody.ts';

export interface GatewayParts extends AccessParts {
  clock: Clock;
  ids: Ids;
  calls: CallLog;
  faults: Faults;
  closing: AbortSignal;
  /** What plug-ins read in the headers of a call. */
  describeCall(headers: RequestHeaders): Partial<CallEntry>;
}

/** One request on its way to its endpoint. */
interface Served {
  parts: GatewayParts;
  endpoint: Endpoint;
  request: Request;
  call: CallEntry;
}

/** Makes an Express handler of an endpoint: call log, injected faults, credentials, then the endpoint itself. */
export function gateway(parts: GatewayParts, endpoint: Endpoint): RequestHandler {
  return async (request, response) => {
    const startedAt = performance.now();
    const call = beginCall(parts, endpoint.route, request);
    const faults = parts.faults.takeForCall({ method: request.method, route: endpoint.route, path: request.path });
    if (faults.length > 0) call.fault = faults.map((fault) => fault.type).join('+');
    const logId = parts.ids.log(parts.clock.now());
    const answer = await answerWith({ parts, endpoint, request, call }, faults);
    const tookMs = Math.round(performance.now() - startedAt);
    if (!answer) {
      parts.calls.end(call, { status: 0, body: undefined, tookMs });
      if (!faults.some(isHanging)) request.socket.destroy();
      return;
    }
    const body = withLogId(answer.body, logId);
    parts.calls.end(call, { status: answer.status, body, tookMs });
    response.set({ 'x-tt-logid': logId, ...answer.headers }).status(answer.status);
    await sendBody(response, body, { faults, closing: parts.closing });
  };
}

function beginCall(parts: GatewayParts, route: string, request: Request): CallEntry {
  const { kind } = presented(request.headers);
  const requestId = request.get('x-request-id');
  return parts.calls.begin({
    ...(requestId === undefined ? {} : { requestId }),
    method: request.method,
    path: request.path,
    query: { ...request.query },
    route,
    startedAt: parts.clock.now(),
    authKind: kind,
    ...parts.describeCall(request.headers),
    requestBody: request.body,
  });
}

/** Undefined: no answer goes out. */
async function answerWith(served: Served, faults: CallFault[]): Promise<Answer | undefined> {
  const { parts, endpoint } = served;
  await latency(faults, 'before', parts.closing);
  const fault = faults.find(({ type }) => type !== 'latency');
  if (fault?.type === 'status') return injected(fault, endpoint.route);
  if (fault?.type === 'page') return { status: fault.status ?? 200, body: {} };
  if (fault?.type === 'late') {
    takeEffectLater(served, fault.afterMs);
    return fault.answer.type === 'status' ? injected(fault.answer, endpoint.route) : undefined;
  }
  const silent = fault?.type === 'drop' || fault?.type === 'hang' ? (fault.when ?? 'before') : undefined;
  if (silent === 'before') return undefined;
  const answer = await handle(served);
  await latency(faults, 'after', parts.closing);
  return silent === 'after' ? undefined : answer;
}

async function latency(faults: CallFault[], when: 'before' | 'after', signal: AbortSignal): Promise<void> {
  for (const fault of faults) {
    if (fault.type !== 'latency' || (fault.when ?? 'before') !== when) continue;
    await delay(fault.ms, undefined, { signal });
  }
}

/** Handles the call as if it came in `afterMs` from now; the answer goes to the call log only. */
function takeEffectLater(served: Served, afterMs: number): void {
  const { calls, closing } = served.parts;
  const work = async (): Promise<void> => {
    await delay(afterMs, undefined, { signal: closing });
    calls.endLate(served.call, await handle(served));
  };
  work().catch((error: unknown) => {
    if (!closing.aborted) throw error;
  });
}

async function handle({ parts, endpoint, request, call }: Served): Promise<Answer> {
  const access = checkAccess(parts, endpoint.needs, request.headers);
  if (!access.ok) return access.answer;
  if (access.userOpenId !== undefined) call.userOpenId = access.userOpenId;
  const apiRequest: ApiRequest = {
    callSeq: call.seq,
    params: Object.fromEntries(Object.entries(request.params).map(([name, value]) => [name, String(value)])),
    query: { ...request.query },
    body: request.body,
    headers: request.headers,
    userOpenId: access.userOpenId,
  };
  const updates = endpoint.updates?.(apiRequest);
  if (updates !== undefined) call.updates = updates;
  return endpoint.handle(apiRequest);
}

function injected(fault: StatusFault, route: string): Answer {
  const { status, code = status, msg = 'injected fault', headers = {} } = fault;
  if (isObject(fault.body)) return { status, body: fault.body, headers };
  if (!route.endsWith('/oauth/token')) return { ...failure(status, code, msg), headers };
  return { status, body: { code, error: 'server_error', error_description: msg }, headers };
}

const isHanging = (fault: CallFault): boolean =>
  fault.type === 'hang' || (fault.type === 'late' && fault.answer.type === 'hang');

function withLogId(body: Record<string, unknown>, logId: string): Record<string, unknown> {
  if (!isObject(body.error)) return body;
  return { ...body, error: { log_id: logId, ...body.error } };
}
