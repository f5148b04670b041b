import TestSequencer from '@jest/test-sequencer';

/** Unit tests before those that start processes, so that a mistake shows early. */
export default class FastFirst extends TestSequencer {
  sort(tests) {
    const weight = ({ path }) => (/\/(e2e|browser)\//.test(path) ? 1 : 0);
    return [...tests].sort((a, b) => weight(a) - weight(b) || a.path.localeCompare(b.path));
  }
}
