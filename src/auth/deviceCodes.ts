import { z } from 'zod';
import type { StartedDevice } from '../feishu/deviceAuthorization.ts';
import type { DeviceLoginRecord } from '../store/deviceLogins.ts';
import type { Vault } from './vault.ts';

/** What is stored of a device login in encrypted form. */
const Codes = z.object({ deviceCode: z.string(), userCode: z.string(), url: z.string() });
export type Codes = z.infer<typeof Codes>;

/** In the form in which they are stored with the login of this id. */
export const sealCodes = (vault: Vault, id: string, { deviceCode, userCode, url }: StartedDevice): Promise<string> =>
  vault.seal(id, JSON.stringify({ deviceCode, userCode, url }));

/** Undefined when no key opens them. */
export async function openCodes(vault: Vault, { id, codes }: DeviceLoginRecord): Promise<Codes | undefined> {
  const text = await vault.open(id, codes);
  return text === undefined ? undefined : Codes.parse(JSON.parse(text));
}
