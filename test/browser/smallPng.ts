import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE_BYTES = 8;
const COLORS_PER_PIXEL = 3;

/** The same picture, packed tightly: a browser packs for speed, and filters rows as suits photographs. */
export function smallPng(png: Buffer): Buffer {
  const chunks = [...chunksOf(png)];
  const header = chunks.find(({ type }) => type === 'IHDR')?.data ?? Buffer.alloc(0);
  if (header[8] !== 8 || header[9] !== 2) throw new Error('only RGB pictures of 8 bits are packed');
  const filtered = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)));
  const packed = deflateSync(unfiltered(filtered, header.readUInt32BE(0) * COLORS_PER_PIXEL), {
    level: 9,
    memLevel: 9,
  });
  const parts = [chunk('IHDR', header), chunk('IDAT', packed), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([png.subarray(0, SIGNATURE_BYTES), ...parts]);
}

/** Rows without filters, each still behind its filter byte. */
function unfiltered(filtered: Buffer, width: number): Buffer {
  const plain = Buffer.alloc(filtered.length);
  for (let start = 0; start < filtered.length; start += width + 1) {
    for (let at = start + 1; at <= start + width; at += 1) {
      const inRow = at - start > COLORS_PER_PIXEL;
      const left = inRow ? (plain[at - COLORS_PER_PIXEL] ?? 0) : 0;
      const up = plain[at - width - 1] ?? 0;
      const upLeft = inRow ? (plain[at - width - 1 - COLORS_PER_PIXEL] ?? 0) : 0;
      plain[at] = ((filtered[at] ?? 0) + predicted(filtered[start] ?? 0, left, up, upLeft)) & 255;
    }
  }
  return plain;
}

/** What a filter expects of a byte: none, sub, up, average, Paeth. */
function predicted(filter: number, left: number, up: number, upLeft: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4) return 0;
  const distance = (byte: number) => Math.abs(left + up - upLeft - byte);
  if (distance(left) <= distance(up) && distance(left) <= distance(upLeft)) return left;
  return distance(up) <= distance(upLeft) ? up : upLeft;
}

function* chunksOf(png: Buffer): Generator<{ type: string; data: Buffer }> {
  for (let at = SIGNATURE_BYTES; at < png.length; ) {
    const length = png.readUInt32BE(at);
    yield { type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

/** Length, type, data and checksum. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const head = Buffer.alloc(4);
  const tail = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}
