import { encode } from 'uqr';

/** Modules of quiet around a code: scanners need four (ISO/IEC 18004). */
const QUIET = 4;

export interface QrPath {
  /** SVG path of the dark modules, one unit a module */
  readonly d: string;
  /** units on each side, the quiet border included */
  readonly size: number;
}

/** A text as a QR code; a quarter of it may be hidden by a hand or a reflection and it still reads (level Q). */
export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: 'Q', border: QUIET });
  const rows = data.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join(''));
  return { d: rows.join(''), size };
}
