import { Router } from 'express';
import type { Credentials } from '../credentials.ts';
import type { Settings } from '../settings.ts';
import type { Authorizations } from '../state/authorizations.ts';
import type { Directory } from '../state/directory.ts';
import type { Grants } from '../state/grants.ts';
import { consentPage, errorPage } from './authorizePage.ts';
import { checkAuthorize, redirectTo } from './authorizeRequest.ts';
import { chosenPerson, readDecision, sendPage } from './pageAnswer.ts';

export const AUTHORIZE_PATH = '/open-apis/authen/v1/authorize';
const DECISION_PATH = `${AUTHORIZE_PATH}/decision`;

export interface AuthorizeParts {
  authorizations: Authorizations;
  credentials: Credentials;
  directory: Directory;
  grants: Grants;
  settings: Settings;
}

/** The pages on which a person authorises the app. `sandbox_person` in query or cookie chooses the person in advance. */
export function authorizeRoutes(parts: AuthorizeParts): Router {
  const router = Router();
  router.get(AUTHORIZE_PATH, (request, response) => {
    const check = checkAuthorize(request.query, parts.credentials, parts.settings);
    if (!check.ok) return sendPage(response, 400, errorPage(check.code, check.reason));
    const html = consentPage({
      requestId: parts.authorizations.open(check.request),
      scopes: check.request.scopes,
      unticked: parts.settings.untickedScopes,
      people: parts.directory.actors(),
      chosen: chosenPerson(parts.directory, request.query.sandbox_person, request.headers.cookie),
      action: DECISION_PATH,
    });
    return sendPage(response, 200, html, new URL(check.request.redirectUri).origin);
  });
  router.post(DECISION_PATH, (request, response) => {
    const given = readDecision(parts.directory, request.body);
    const pending = given && parts.authorizations.take(given.request);
    if (!pending) return sendPage(response, 400, errorPage(20001, 'this form was used already'));
    response.set('cache-control', 'no-store');
    if (given.decision === 'refuse') return response.redirect(302, redirectTo(pending, { error: 'access_denied' }));
    const { openId, ticked } = given;
    parts.grants.grant(openId, pending.scopes.filter(ticked));
    return response.redirect(302, redirectTo(pending, { code: parts.authorizations.issueCode(pending, openId) }));
  });
  return router;
}
