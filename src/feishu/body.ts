/** The bytes of an answer as they come. */
export interface Body {
  add(chunk: Uint8Array): void;
  text(): string;
}

/**
 * Copies what comes into one piece of memory that grows with it: an answer that drips by single bytes would otherwise
 * keep an object, and the whole piece that was read from the network, for each of them.
 */
export function createBody(): Body {
  let bytes = Buffer.alloc(0);
  let length = 0;
  return {
    add(chunk) {
      const needed = length + chunk.length;
      if (needed > bytes.length) {
        const larger = Buffer.alloc(Math.max(needed, bytes.length * 2));
        bytes.copy(larger, 0, 0, length);
        bytes = larger;
      }
      bytes.set(chunk, length);
      length = needed;
    },
    text: () => bytes.toString('utf8', 0, length),
  };
}
