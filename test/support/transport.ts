import { z } from 'zod';

/** How deliveries reach the bot. */
export type Transport = 'webhook' | 'websocket';

const asked = z.enum(['webhook', 'websocket']).optional().parse(process.env.TEST_TRANSPORT);

/** What a story uses that names none; `TEST_TRANSPORT=websocket` plays all of these over the long connection. */
export const TRANSPORT: Transport = asked ?? 'webhook';

/** For the stories that are played over both; over one only when `TEST_TRANSPORT` says which. */
export const TRANSPORTS: readonly Transport[] = asked ? [asked] : ['webhook', 'websocket'];
