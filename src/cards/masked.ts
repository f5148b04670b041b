import { z } from 'zod';
import type { CardJson } from './kit.ts';

// In markdown the signs of an address are numeric entities.
const ADDRESS = /(?:[\w.+%-]|&#\d+;)+(?:@|&#64;)(?:[\w.-]|&#\d+;)*\w/g;
const PHONE = /(?<!\d)1\d{10}(?!\d)/g;

/** The card without mail addresses and phone numbers, which a data-leak audit may refuse (im-v1/message/reply). */
export const masked = (card: CardJson): CardJson =>
  z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(JSON.stringify(card).replace(ADDRESS, '***').replace(PHONE, '***')));
