import { Router } from 'express';
import { z } from 'zod';
import type { DeviceLogins } from '../state/deviceLogins.ts';
import type { Grants } from '../state/grants.ts';
import type { Directory } from '../state/people.ts';
import { codePage, consentPage, decidedPage, errorPage } from './authorizePage.ts';
import { chosenPerson, decisionSchema, sendPage } from './pageAnswer.ts';

export const DEVICE_PATH = '/oauth/v1/device/verify';
const DECISION_PATH = `${DEVICE_PATH}/decision`;

export interface DevicePageParts {
  deviceLogins: DeviceLogins;
  directory: Directory;
  grants: Grants;
}

const querySchema = z.object({ user_code: z.string() });

/** The page on which a person enters the code of a device login and decides. It leads back to nobody. */
export function deviceRoutes({ deviceLogins, directory, grants }: DevicePageParts): Router {
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
      people: directory.people,
      chosen: chosenPerson(request.query.sandbox_person, request.headers.cookie),
      action: DECISION_PATH,
    });
    return sendPage(response, 200, html);
  });
  router.post(DECISION_PATH, (request, response) => {
    const given = decisionSchema.safeParse(request.body);
    const login = given.success ? deviceLogins.waiting(given.data.request) : undefined;
    if (!given.success || !login) return sendPage(response, 400, errorPage(20001, 'this code is over'));
    const { decision, as } = given.data;
    const { openId } = directory.person(as);
    if (decision === 'agree') grants.grant(openId, login.scopes);
    login.decision = decision === 'agree' ? { kind: 'agreed', openId } : { kind: 'refused' };
    return sendPage(response, 200, decidedPage(decision));
  });
  return router;
}
