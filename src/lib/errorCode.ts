import { isObject } from './json.ts';

/** The name that the system or a library gives to what happened, such as `EEXIST`; undefined for an error without one. */
export const errorCodeOf = (error: unknown): string | undefined =>
  isObject(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
