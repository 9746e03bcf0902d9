import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlainCast } from '../../gateway/socket/cast-frame.ts';
import { castFrame } from '../../protocol/frames/cast.ts';

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''));
const token = fc.string({ minLength: 16, maxLength: 256 }).filter((text) => /^[\x21-\x7e]+$/.test(text));

const good = fc.record(
  {
    id: fc.oneof(fc.string({ minLength: 1, maxLength: 64 }), fc.maxSafeInteger()),
    op: fc.constant('cast'),
    election: fc.uuid(),
    credential: token,
    ballot: fc.oneof(fc.object(), fc.array(fc.string())),
    cast_key: hex(32),
    on_behalf_of: fc.uuid(),
  },
  { requiredKeys: ['id', 'op', 'election', 'ballot', 'cast_key'] },
);

/** Values that come close to good ones. */
const odd = fc.oneof(
  fc.jsonValue(),
  fc.string({ maxLength: 300 }),
  fc.constantFrom('', ' ', '__proto__', '00000000-0000-0000-0000-000000000000', 'x'.repeat(65), '\u0000'.repeat(20)),
  fc.constantFrom(-0, 0.5, 1e300, Number.MAX_SAFE_INTEGER + 2),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
  hex(31),
  hex(32).map((key) => key.toUpperCase()),
  token.map((text) => ` ${text}`),
);
const keys = fc.constantFrom(
  'id',
  'op',
  'election',
  'credential',
  'ballot',
  'cast_key',
  'on_behalf_of',
  'extra',
  '__proto__',
  'toString',
);

const frame = fc
  .tuple(good, fc.array(fc.tuple(keys, fc.option(odd, { nil: undefined })), { maxLength: 2 }))
  .map(([base, changes]) => {
    const changed = new Map<string, unknown>(Object.entries(base));
    for (const [key, value] of changes) {
      if (value === undefined) changed.delete(key);
      else changed.set(key, value);
    }
    const fields = [...changed].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    return JSON.parse(`{${fields.join(',')}}`) as unknown; // as it comes from the wire: `__proto__` is a field like others
  });

test('what the fast path takes, the schema takes and leaves as it is', () => {
  fc.assert(
    fc.property(fc.oneof(frame, fc.jsonValue()), (value) => {
      if (!isPlainCast(value)) return;
      const parsed = castFrame.safeParse(value);
      expect(parsed.error).toBeUndefined();
      expect(parsed.data).toEqual(value);
    }),
    { numRuns: 5_000 },
  );
});

test('frames as clients send them take the fast path', () => {
  fc.assert(
    fc.property(good, (value) => {
      expect(isPlainCast(JSON.parse(JSON.stringify(value)))).toBe(true);
    }),
  );
});
