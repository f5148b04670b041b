import { type Response, Router } from 'express';
import { z } from 'zod';
import type { Authorizations } from '../state/authorizations.ts';
import type { Grants } from '../state/grants.ts';
import { type Directory, PERSON_KEYS } from '../state/people.ts';
import type { Credentials, PersonKey, Settings } from '../types.ts';
import { consentPage, errorPage } from './authorizePage.ts';
import { checkAuthorize, redirectTo } from './authorizeRequest.ts';

export const AUTHORIZE_PATH = '/open-apis/authen/v1/authorize';
const DECISION_PATH = `${AUTHORIZE_PATH}/decision`;

export interface AuthorizeParts {
  authorizations: Authorizations;
  credentials: Credentials;
  directory: Directory;
  grants: Grants;
  settings: Settings;
}

const decisionSchema = z.object({
  request: z.string(),
  as: z.enum(['owner', 'admin', 'employee']),
  decision: z.enum(['agree', 'refuse']),
});

/** The pages on which a person authorises the app. `sandbox_person` in query or cookie chooses the person in advance. */
export function authorizeRoutes(parts: AuthorizeParts): Router {
  const router = Router();
  router.get(AUTHORIZE_PATH, (request, response) => {
    const check = checkAuthorize(request.query, parts.credentials, parts.settings);
    if (!check.ok) return page(response, 400, errorPage(check.code, check.reason));
    const html = consentPage({
      requestId: parts.authorizations.open(check.request),
      scopes: check.request.scopes,
      people: parts.directory.people,
      chosen: chosenPerson(request.query.sandbox_person, request.headers.cookie),
      action: DECISION_PATH,
    });
    return page(response, 200, html, new URL(check.request.redirectUri).origin);
  });
  router.post(DECISION_PATH, (request, response) => {
    const given = decisionSchema.safeParse(request.body);
    const pending = given.success ? parts.authorizations.take(given.data.request) : undefined;
    if (!given.success || !pending) return page(response, 400, errorPage(20001, 'this form was used already'));
    response.set('cache-control', 'no-store');
    if (given.data.decision === 'refuse')
      return response.redirect(302, redirectTo(pending, { error: 'access_denied' }));
    const { openId } = parts.directory.people[given.data.as];
    parts.grants.grant(openId, pending.scopes);
    return response.redirect(302, redirectTo(pending, { code: parts.authorizations.issueCode(pending, openId) }));
  });
  return router;
}

/** Browsers apply `form-action` to the redirect after the form too, hence the bot's origin in it. */
function page(response: Response, status: number, html: string, redirectOrigin = ''): void {
  const formTargets = `'self' ${redirectOrigin}`.trim();
  response.set({
    'content-security-policy': `default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action ${formTargets}`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  response.status(status).type('html').send(html);
}

function chosenPerson(query: unknown, cookie: string | undefined): PersonKey | undefined {
  const wanted = typeof query === 'string' ? query : /(?:^|;\s*)sandbox_person=(\w+)/.exec(cookie ?? '')?.[1];
  return PERSON_KEYS.find((key) => key === wanted);
}
