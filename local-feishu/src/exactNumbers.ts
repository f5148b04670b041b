import type { RequestHandler, Response } from 'express';
import { text } from 'express';
import { parse } from 'lossless-json';

/**
 * Feishu is not written in JavaScript: it gives back every number as it was sent. In here such a number is a string
 * between two marks that no text has, so that whatever copies, compares or stores it needs not know of it.
 */
const MARK = '\uE000';

/** A number that JavaScript would change, by its digits, as it stands in an operand in here. */
export const exact = (digits: string): string => `${MARK}${digits}${MARK}`;

const isKept = (digits: string): boolean => /^-?\d{1,15}$/.test(digits) || String(Number(digits)) === digits;

/** Throws a SyntaxError when the text is no JSON. */
export const parseExactly = (json: string): unknown =>
  parse(json, null, {
    parseNumber: (digits) => (isKept(digits) ? Number(digits) : exact(digits)),
    onDuplicateKey: ({ newValue }) => newValue,
  });

/** Also in a JSON text that is a string in another one, where quotes are escaped. */
const MARKED = new RegExp(`(\\\\*)"${MARK}([^${MARK}]*)${MARK}\\1"`, 'g');

/** A JSON text with the numbers as they were sent. */
export const withExactNumbers = (json: string): string => json.replace(MARKED, '$2');

/** Reads bodies, and sends answers, with numbers as they are. */
export function exactNumbers(limit: string): RequestHandler[] {
  const readText = text({ type: 'application/json', limit });
  const parseBody: RequestHandler = (request, response, next) => {
    sendExactly(response);
    if (typeof request.body !== 'string') return next();
    try {
      request.body = request.body === '' ? {} : parseExactly(request.body);
      next();
    } catch (error) {
      next(Object.assign(new SyntaxError('the body is no JSON', { cause: error }), { type: 'entity.parse.failed' }));
    }
  };
  return [readText, parseBody];
}

function sendExactly(response: Response): void {
  const send = response.send.bind(response);
  response.send = (body: unknown) => send(typeof body === 'string' ? withExactNumbers(body) : body);
}
