import type { Variable } from '../config/variables.ts';
import type { ApplicationState } from '../feishu/application.ts';
import type { Random } from '../lib/random.ts';
import type { Session } from './session.ts';
import { known } from './values.ts';

/** Both keys of Feishu have at most 32 characters (application-v7/application-config/patch). */
const FEISHU_KEY_BYTES = 16;
const VAULT_KEY_BYTES = 32;

/** What secures the deliveries of Feishu. */
export interface DeliverySecrets {
  verificationToken: string;
  encryptKey: string;
}

/** What is given or in the file, else what the app has, else made anew. */
export function deliverySecrets(session: Session, state: ApplicationState): DeliverySecrets {
  const make = (variable: Variable, present: string | undefined) =>
    known(session, variable) ?? present ?? session.random.bytes(FEISHU_KEY_BYTES).toString('hex');
  return {
    verificationToken: make('FEISHU_VERIFICATION_TOKEN', state.verificationToken),
    encryptKey: make('FEISHU_ENCRYPT_KEY', state.encryptKey),
  };
}

/** The keys that encrypt stored logins: those there are, else a new one. */
export const vaultKeys = (session: Session): string =>
  known(session, 'TOKEN_ENCRYPTION_KEYS') ?? newVaultKey(session.random);

const newVaultKey = (random: Random): string => random.bytes(VAULT_KEY_BYTES).toString('base64');
