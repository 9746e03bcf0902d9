import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, type Json } from '../../engine/audit/index.ts';
import '../harness/seed.ts';

test('the example of RFC 8785, section 3.2.2, comes out byte for byte', () => {
  const value = {
    // biome-ignore lint/correctness/noPrecisionLoss: the example of the RFC
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('names are sorted by UTF-16 code units, as in section 3.2.3', () => {
  const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
  const names = Object.keys(JSON.parse(canonicalJson(value)) as object).filter((name) => name !== '1');
  expect(names).toEqual(['\r', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']);
});

test('what is not JSON is refused', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => canonicalJson(value)).toThrow('JSON has no');
});

test('equal values give equal texts, whatever the order of their names; other values give others', () => {
  const shuffled = (value: Json): Json => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(shuffled);
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, one]) => [name, shuffled(one)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const [one, other] = [a as Json, b as Json];
      expect(canonicalJson(shuffled(one))).toBe(canonicalJson(one));
      const same = JSON.stringify(JSON.parse(canonicalJson(one))) === JSON.stringify(JSON.parse(canonicalJson(other)));
      expect(canonicalJson(one) === canonicalJson(other)).toBe(same);
    }),
  );
});
