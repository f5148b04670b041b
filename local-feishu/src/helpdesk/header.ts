import type { RequestHeaders } from '../api/access.ts';
import { type Answer, failure } from '../api/answers.ts';
import type { DeskSettings } from './settings.ts';

export interface DeskCredentials {
  helpdeskId: string;
  helpdeskToken: string;
}

/** The header in which a call names the desk. It must be bare base64, as the documents say. */
export const hasDeskHeader = (headers: RequestHeaders, credentials: DeskCredentials): boolean =>
  headers['x-lark-helpdesk-authorization'] ===
  Buffer.from(`${credentials.helpdeskId}:${credentials.helpdeskToken}`).toString('base64');

/** Refuses calls that do not name the desk, and all of them when the desk is another tenant's. */
export const deskRefusal = (
  headers: RequestHeaders,
  { credentials, settings }: { credentials: DeskCredentials; settings: DeskSettings },
): Answer | undefined =>
  hasDeskHeader(headers, credentials) && !settings.deskElsewhere
    ? undefined
    : failure(401, 154001, 'Unauthorized, please check you have the correct access');
