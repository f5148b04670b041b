/** The app whose events the benchmark sends. */
export const APP_ID = 'cli_9f5343c580712544';
/** What the events of the benchmark are encrypted and signed with. */
export const ENCRYPT_KEY = 'encrypt key of the benchmark';
export const VERIFICATION_TOKEN = 'verification token of the benchmark';
