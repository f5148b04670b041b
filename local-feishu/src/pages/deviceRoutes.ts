import { Router } from 'express';
import { z } from 'zod';
import type { Settings } from '../settings.ts';
import type { DeviceLogins } from '../state/deviceLogins.ts';
import type { Directory } from '../state/directory.ts';
import type { Grants } from '../state/grants.ts';
import { codePage, consentPage, decidedPage, errorPage } from './authorizePage.ts';
import { chosenPerson, readDecision, sendPage } from './pageAnswer.ts';

export const DEVICE_PATH = '/oauth/v1/device/verify';
const DECISION_PATH = `${DEVICE_PATH}/decision`;

export interface DevicePageParts {
  deviceLogins: DeviceLogins;
  directory: Directory;
  grants: Grants;
  settings: Settings;
}

const querySchema = z.object({ user_code: z.string() });

/** The page on which a person enters the code of a device login and decides. It leads back to nobody. */
export function deviceRoutes({ deviceLogins, directory, grants, settings }: DevicePageParts): Router {
  const router = Router();
  router.get(DEVICE_PATH, (request, response) => {
    const given = querySchema.safeParse(request.query);
    if (!given.success) return sendPage(response, 200, codePage(DEVICE_PATH));
    const login = deviceLogins.waiting(given.data.user_code);
    if (!login) return sendPage(response, 400, codePage(DEVICE_PATH, 'no such code, or it is over'));
    const html = consentPage({
      requestId: login.userCode,
      code: login.userCode,
      scopes: login.scopes,
      unticked: settings.untickedScopes,
      people: directory.actors(),
      chosen: chosenPerson(directory, request.query.sandbox_person, request.headers.cookie),
      action: DECISION_PATH,
    });
    return sendPage(response, 200, html);
  });
  router.post(DECISION_PATH, (request, response) => {
    const given = readDecision(directory, request.body);
    const login = given && deviceLogins.waiting(given.request);
    if (!login) return sendPage(response, 400, errorPage(20001, 'this code is over'));
    const { decision, openId, ticked } = given;
    if (decision === 'agree') grants.grant(openId, login.scopes.filter(ticked));
    login.decision = decision === 'agree' ? { kind: 'agreed', openId } : { kind: 'refused' };
    return sendPage(response, 200, decidedPage(decision));
  });
  return router;
}
