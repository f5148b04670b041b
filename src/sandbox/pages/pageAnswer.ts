import type { Response } from 'express';
import { z } from 'zod';
import { PERSON_KEYS } from '../state/people.ts';
import type { PersonKey } from '../types.ts';

/** What the consent form posts. */
export const decisionSchema = z.object({
  request: z.string(),
  as: z.union([z.enum(PERSON_KEYS), z.templateLiteral(['colleague-', z.int().positive()])]),
  decision: z.enum(['agree', 'refuse']),
});

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
export function chosenPerson(query: unknown, cookie: string | undefined): PersonKey | undefined {
  const wanted = typeof query === 'string' ? query : /(?:^|;\s*)sandbox_person=(\w+)/.exec(cookie ?? '')?.[1];
  return PERSON_KEYS.find((key) => key === wanted);
}
