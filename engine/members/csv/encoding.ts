import type { ImportEncoding } from '../../../protocol/member-imports.ts';
import { accept, type Outcome, refuse } from '../../outcome.ts';

export interface Decoded {
  /** without byte order mark */
  readonly text: string;
  readonly encoding: ImportEncoding;
}

/** In a text of ours about every second byte of UTF-16 is zero; in no other encoding is any. */
const ZEROS_LOOKED_AT = 400;

function startsWith(bytes: Uint8Array, ...mark: readonly number[]): boolean {
  return mark.every((byte, i) => bytes[i] === byte);
}

/** What the bytes look like, from their mark or their first hundreds. */
function likelyEncoding(bytes: Uint8Array): ImportEncoding {
  if (startsWith(bytes, 0xff, 0xfe)) return 'utf-16le';
  if (startsWith(bytes, 0xfe, 0xff)) return 'utf-16be';
  const head = bytes.subarray(0, ZEROS_LOOKED_AT);
  const zeros = (parity: number) => head.filter((byte, i) => byte === 0 && i % 2 === parity).length;
  const [even, odd] = [zeros(0), zeros(1)];
  if (Math.max(even, odd) > head.length / 8) return odd > even ? 'utf-16le' : 'utf-16be';
  return 'windows-1252';
}

function decode(bytes: Uint8Array, encoding: ImportEncoding): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

const NAMES: Readonly<Record<ImportEncoding, string>> = {
  'utf-8': 'UTF-8',
  'windows-1252': 'Windows-1252 (also called ANSI)',
  'utf-16le': 'UTF-16 (little endian)',
  'utf-16be': 'UTF-16 (big endian)',
};

/**
 * The text of a file. Without a word about its encoding it has to be UTF-8: names that were guessed wrongly would be
 * printed on ballots' envelopes. Refuses `invalid_input`, saying what was found and how to say that it is meant.
 */
export function decodeFile(bytes: Uint8Array, asked: ImportEncoding | undefined): Outcome<Decoded> {
  const encoding = asked ?? 'utf-8';
  const text = decode(bytes, encoding);
  if (text !== null && !text.includes('\0')) return accept({ text, encoding });
  const found = likelyEncoding(bytes);
  const details = { reason: 'encoding' as const, expected: encoding, found };
  if (asked !== undefined && asked === found) {
    return refuse('invalid_input', `The file is damaged: it is not valid ${NAMES[encoding]}. Save it again.`, {
      details,
    });
  }
  return refuse(
    'invalid_input',
    `The file is not ${NAMES[encoding]}; it looks like ${NAMES[found]}. Save it as "CSV UTF-8", or send it with ?encoding=${found}.`,
    { details },
  );
}
