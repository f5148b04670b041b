import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../../lib/clock.ts';
import type { Ids } from '../ids.ts';
import { isObject } from '../json.ts';
import type { CallEntry, CallLog } from '../state/callLog.ts';
import type { CallFault, Faults } from '../state/faults.ts';
import { type AccessParts, checkAccess, presented } from './access.ts';
import { type Answer, failure } from './answers.ts';
import type { ApiRequest, Endpoint } from './endpoint.ts';

export interface GatewayParts extends AccessParts {
  clock: Clock;
  ids: Ids;
  calls: CallLog;
  faults: Faults;
  closing: AbortSignal;
}

/** Makes an Express handler of an endpoint: call log, injected faults, credentials, then the endpoint itself. */
export function gateway(parts: GatewayParts, endpoint: Endpoint): RequestHandler {
  return async (request, response) => {
    const startedAt = performance.now();
    const call = beginCall(parts, endpoint.route, request);
    const faults = parts.faults.takeForCall({ method: request.method, route: endpoint.route, path: request.path });
    if (faults.length > 0) call.fault = faults.map((fault) => fault.type).join('+');
    const logId = parts.ids.log(parts.clock.now());
    const answer = await answerWith(parts, endpoint, request, call, faults);
    const tookMs = Math.round(performance.now() - startedAt);
    if (!answer) {
      parts.calls.end(call, { status: 0, body: undefined, tookMs });
      if (!isHanging(faults)) request.socket.destroy();
      return;
    }
    const body = withLogId(answer.body, logId);
    parts.calls.end(call, { status: answer.status, body, tookMs });
    response.set({ 'x-tt-logid': logId, ...answer.headers }).status(answer.status);
    send(response, body, faults);
  };
}

function beginCall(parts: GatewayParts, route: string, request: Request): CallEntry {
  const { kind, helpdeskHeaderOk } = presented(request.headers, parts.credentials);
  return parts.calls.begin({
    method: request.method,
    path: request.path,
    query: { ...request.query },
    route,
    startedAt: parts.clock.now(),
    authKind: kind,
    helpdeskHeaderOk,
    requestBody: request.body,
  });
}

/** Undefined: no answer goes out. */
async function answerWith(
  parts: GatewayParts,
  endpoint: Endpoint,
  request: Request,
  call: CallEntry,
  faults: CallFault[],
): Promise<Answer | undefined> {
  for (const fault of faults) {
    if (fault.type === 'latency') await delay(fault.ms, undefined, { signal: parts.closing });
  }
  const fault = faults.find(({ type }) => type !== 'latency');
  if (fault?.type === 'status') return injected(fault, endpoint.route);
  const silent = fault?.type === 'drop' || fault?.type === 'hang' ? (fault.when ?? 'before') : undefined;
  if (silent === 'before') return undefined;
  const answer = await handle(parts, endpoint, request, call);
  return silent === 'after' ? undefined : answer;
}

async function handle(parts: GatewayParts, endpoint: Endpoint, request: Request, call: CallEntry): Promise<Answer> {
  const access = checkAccess(parts, endpoint.needs, presented(request.headers, parts.credentials));
  if (!access.ok) return access.answer;
  if (access.userOpenId !== undefined) call.userOpenId = access.userOpenId;
  const apiRequest: ApiRequest = {
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

function injected(fault: Extract<CallFault, { type: 'status' }>, route: string): Answer {
  const { status, code = status, msg = 'injected fault', headers = {} } = fault;
  if (isObject(fault.body)) return { status, body: fault.body, headers };
  if (!route.endsWith('/oauth/token')) return { ...failure(status, code, msg), headers };
  return { status, body: { code, error: 'server_error', error_description: msg }, headers };
}

const isHanging = (faults: CallFault[]): boolean => faults.some((fault) => fault.type === 'hang');

function withLogId(body: Record<string, unknown>, logId: string): Record<string, unknown> {
  if (!isObject(body.error)) return body;
  return { ...body, error: { log_id: logId, ...body.error } };
}

function send(response: Response, body: Record<string, unknown>, faults: CallFault[]): void {
  const text = JSON.stringify(body);
  const isMalformed = faults.some((fault) => fault.type === 'malformed');
  response.type('application/json; charset=utf-8').send(isMalformed ? text.slice(0, Math.ceil(text.length / 2)) : text);
}
