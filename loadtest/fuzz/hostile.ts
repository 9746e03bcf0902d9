import type { SeededRandom } from '../fault/seeded-random.ts';

/** What breaks careless programs, in any place where a value may stand. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324],
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    '\ufeff',
    '\u2028',
    '💥',
    'İ',
    '\u001e',
    '\u001f',
  ],
  ...['%00', '%', '../../etc/passwd', "'; --", '{{1}}', '<script>', '\\', '"', 'null', 'NaN', '1e9', '-1'],
  ...['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59', '2026-13-01T00:00:00Z'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '00000000-0000-0000-0000-000000000000'],
  ...[[], {}, [[]], [null], { __proto__: null }, { a: { b: { c: {} } } }, [[[[[[[[]]]]]]]]],
];
/** JSON that JSON.stringify never writes. */
const ODD_JSON = [
  '{"id":1,"id":2}',
  '{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}',
  '{"id":1e400}',
  '{"id":-0}',
  '{"id":0.1e-400}',
  '{"id":9007199254740993}',
  '"\\ud800"',
  '{"op":"\\u0000"}',
  '\ufeff{}',
  '{}{}',
  '[1,]',
  "{'a':1}",
  '{"a":01}',
  'nul',
  '\u0000',
];
const DEPTH_MAX = 4_000;
const LONG_MAX_CHARACTERS = 60_000;
const TEXT_MAX_CHARACTERS = 40;
/** Long and deep inputs are slow to send, and a few of them tell as much as many. */
const HUGE_CHANCE = 0.004;

export function hostileText(random: SeededRandom): string {
  if (random.chance(HUGE_CHANCE))
    return random.pick(['x', '💥', '\u0000', 'ä', '[']).repeat(random.int(1, LONG_MAX_CHARACTERS / 2));
  let text = '';
  for (let left = random.int(0, TEXT_MAX_CHARACTERS); left > 0; left -= 1) {
    text += String.fromCharCode(random.chance(0.8) ? random.int(0x20, 0x7e) : random.int(0, 0xffff));
  }
  return text;
}

export function hostileValue(random: SeededRandom): unknown {
  const kind = random.int(0, 9);
  if (kind < 7) return random.pick(VALUES);
  if (kind === 7) return hostileText(random);
  if (kind === 8) return random.int(-100, 100_000) / random.pick([1, 3, 7]);
  return Array.from({ length: random.int(0, 30) }, () => random.pick(VALUES));
}

/** The value with one place changed: replaced, left out, doubled, or with something beside it. */
export function mutated(random: SeededRandom, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.15)) return hostileValue(random);
  if (Array.isArray(value)) {
    const act = random.int(0, 3);
    if (act === 0) return [...value, ...value];
    if (act === 1) return [...value, hostileValue(random)];
    if (value.length === 0 || act === 2) return [];
    const at = random.int(0, value.length - 1);
    return value.with(at, mutated(random, value[at]));
  }
  const entries = Object.entries(value);
  const act = random.int(0, 5);
  if (act === 0 || entries.length === 0) return { ...value, [hostileText(random)]: hostileValue(random) };
  const [name, inner] = random.pick(entries);
  if (act === 1) return Object.fromEntries(entries.filter(([other]) => other !== name));
  return { ...value, [name]: mutated(random, inner) };
}

/** A text of bytes for a value: as JSON, and one time in five damaged beyond JSON. */
export function writtenAs(random: SeededRandom, value: unknown): Buffer {
  const bytes = Buffer.from(JSON.stringify(value) ?? '');
  return random.chance(0.8) ? bytes : damaged(random, bytes);
}

/** Bytes with some of them changed, taken out, doubled or cut off. */
export function damaged(random: SeededRandom, bytes: Buffer): Buffer {
  const at = random.int(0, bytes.length);
  switch (random.int(0, 4)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(random.int(1, 8)), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes]);
    case 3: {
      const changed = Buffer.from(bytes);
      for (let left = random.int(1, 4); left > 0 && changed.length > 0; left -= 1) {
        changed[random.int(0, changed.length - 1)] = random.int(0, 255);
      }
      return changed;
    }
    default:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + random.int(1, 9)))]);
  }
}

/** JSON, or nearly, that was made from nothing. */
export function fromNothing(random: SeededRandom): Buffer {
  const kind = random.int(0, 9);
  if (kind < 4) return Buffer.from(JSON.stringify(hostileValue(random)) ?? '');
  if (kind < 7) return Buffer.from(random.pick(ODD_JSON));
  if (kind === 7) return random.bytes(random.int(0, 64));
  if (kind === 8 && random.chance(0.1)) {
    const [open, close] = random.pick([
      ['[', ']'],
      ['{"a":', '}'],
      ['{"op":[', ']}'],
    ] as const);
    const depth = random.int(1, DEPTH_MAX);
    return Buffer.from(open.repeat(depth) + (random.chance(0.5) ? `1${close.repeat(depth)}` : ''));
  }
  return Buffer.from(hostileText(random));
}
