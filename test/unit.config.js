import { COMMON } from './support/jestOptions.js';

/** These start servers, databases, built bots or a browser. */
const OTHERS = 'app|auth|browser|changes|doctor|e2e|feishu|http|inbox|operation|security|setup|store|transport';

process.env.SKIP_POSTGRES = '1';

/**
 * The tests that take seconds and need nothing: `npm run test:unit`.
 *
 * @type {import('jest').Config}
 */
export default {
  ...COMMON,
  testPathIgnorePatterns: ['/node_modules/', '/local-feishu/', `<rootDir>/test/(${OTHERS})/`],
};
