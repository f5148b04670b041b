import type { Response } from 'express';
import { z } from 'zod';
import type { Directory } from '../state/directory.ts';

const decisionSchema = z.object({
  request: z.string(),
  as: z.string(),
  decision: z.enum(['agree', 'refuse']),
  // A browser sends nothing of boxes that are not ticked, and one value where one is.
  scope: z.union([z.string().transform((scope) => [scope]), z.array(z.string())]).default([]),
});

/** What the consent form posts; undefined when it is something else, or from nobody who is here. */
export function readDecision({ people }: Directory, body: unknown) {
  const given = decisionSchema.safeParse(body);
  const person = given.success && Object.hasOwn(people, given.data.as) ? people[given.data.as] : undefined;
  if (!given.success || !person) return undefined;
  const { scope: chosen, ...decided } = given.data;
  return { ...decided, openId: person.openId, ticked: (scope: string) => chosen.includes(scope) };
}

/** Browsers apply `form-action` to the redirect after the form too, hence the bot's origin in it. */
export function sendPage(response: Response, status: number, html: string, redirectOrigin = ''): void {
  const formTargets = `'self' ${redirectOrigin}`.trim();
  response.set({
    'content-security-policy': `default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action ${formTargets}`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  response.status(status).type('html').send(html);
}

/** The person that query or cookie choose in advance. */
export function chosenPerson({ people }: Directory, query: unknown, cookie: string | undefined): string | undefined {
  const wanted = typeof query === 'string' ? query : /(?:^|;\s*)sandbox_person=([^;\s]+)/.exec(cookie ?? '')?.[1];
  return Object.keys(people).find((key) => key === wanted);
}
