import { renderUnicodeCompact } from 'uqr';
import { type Phrase, phrase } from '../lib/phrase.ts';

/** A QR code of a link, drawn with characters, or how to see one when `columns` are too few for it. */
export function qrCode(url: string, columns: number): Phrase {
  const code = renderUnicodeCompact(url, { ecc: 'L', border: 1 });
  const width = code.indexOf('\n');
  if (width <= columns) return { zh: code, en: code };
  return phrase(
    `（终端不够宽，显示二维码需要 ${width} 列；也可以直接打开链接。）`,
    `(The terminal is too narrow for the QR code, which needs ${width} columns. Opening the link does the same.)`,
  );
}
