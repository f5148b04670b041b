/** What the events of the benchmark are encrypted and signed with. */
export const ENCRYPT_KEY = 'encrypt key of the benchmark';
export const VERIFICATION_TOKEN = 'verification token of the benchmark';
