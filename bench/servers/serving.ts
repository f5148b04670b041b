import { z } from 'zod';

const Address = z.object({ port: z.number() });

/** Tells the process that started this one where it listens. */
export const serving = (address: unknown): void => void process.send?.({ port: Address.parse(address).port });
