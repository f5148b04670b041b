import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';
import { parseJson } from '../json.ts';

const names = z.array(z.string()).default([]);

/** What the link asks to be added to the app: gzip, then base64url (node-sdk, scene/registration). */
const addonsSchema = z.strictObject({
  preset: z.boolean().optional(),
  scopes: z.strictObject({ tenant: names, user: names }).prefault({}),
  events: z.strictObject({ items: z.strictObject({ tenant: names, user: names }) }).prefault({ items: {} }),
  callbacks: z.strictObject({ items: names }).prefault({}),
});

export type Addons = z.infer<typeof addonsSchema>;

export type RegistrationState = 'pending' | 'approved' | 'denied' | 'expired';

interface Registration {
  deviceCode: string;
  userCode: string;
  expiresAt: number;
  decision: 'pending' | 'approved' | 'denied';
}

/** Apps that are being created by QR code. */
export class Registrations {
  #open: Registration[] = [];
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly lifeSeconds: number;

  constructor(clock: Clock, ids: Ids, lifeSeconds: number) {
    this.#clock = clock;
    this.#ids = ids;
    this.lifeSeconds = lifeSeconds;
  }

  begin(): Registration {
    const registration: Registration = {
      deviceCode: this.#ids.code(),
      userCode: this.#ids.hex(8).toUpperCase(),
      expiresAt: this.#clock.now() + this.lifeSeconds * 1000,
      decision: 'pending',
    };
    this.#open.push(registration);
    return registration;
  }

  /** An approved one is given out once. */
  poll(deviceCode: string): RegistrationState {
    const registration = this.#open.find((entry) => entry.deviceCode === deviceCode);
    if (!registration || registration.expiresAt <= this.#clock.now()) return 'expired';
    if (registration.decision === 'approved') this.#open = this.#open.filter((entry) => entry !== registration);
    return registration.decision;
  }

  /** Somebody opens the link and decides. Gives what the link asks for; an unreadable wish counts as none. */
  decide(link: string, decision: 'approved' | 'denied'): Addons {
    const { searchParams } = new URL(link);
    const userCode = searchParams.get('user_code');
    const registration = this.#open.find((entry) => entry.userCode === userCode);
    if (!registration || registration.expiresAt <= this.#clock.now()) throw new Error('the QR code has expired');
    registration.decision = decision;
    const packed = Buffer.from(searchParams.get('addons') ?? '', 'base64url');
    const text = packed.length === 0 ? '{}' : gunzipSync(packed).toString('utf8');
    return addonsSchema.safeParse(parseJson(text)).data ?? addonsSchema.parse({});
  }
}
