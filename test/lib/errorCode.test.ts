import { expect, it } from '@jest/globals';
import { errorCodeOf } from '../../src/lib/errorCode.ts';

it('gives the name that the system has for an error', () => {
  expect(errorCodeOf(Object.assign(new Error('there already'), { code: 'EEXIST' }))).toBe('EEXIST');
});

it.each([[new Error('of the program')], [{ code: 17 }], [{ code: null }], ['EEXIST'], [null], [undefined]])(
  'gives none for %p',
  (error) => {
    expect(errorCodeOf(error)).toBeUndefined();
  },
);
