import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chosenMoment, id, text, textProblem } from '../../../protocol/text.ts';
import { amount, microOfVotes, votesOfMicro, weight } from '../../../protocol/weight.ts';

test.each([
  [1_000_000n, '1'],
  [250_000n, '0.25'],
  [1n, '0.000001'],
  [1_234_500_000n, '1234.5'],
  [1_000_000_000_000n, '1000000'],
])('%s micro-units are %s votes', (micro, votes) => {
  expect(votesOfMicro(micro)).toBe(votes);
  expect(microOfVotes(votes)).toBe(micro);
  expect(weight.safeParse(votes).success).toBe(true);
});

test('what is lost in rounding or given away can be shown too', () => {
  expect([votesOfMicro(0n), votesOfMicro(-1_500_000n), votesOfMicro(-1n)]).toEqual(['0', '-1.5', '-0.000001']);
});

test('every weight comes back from its text', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 1_000_000_000_000n }), (micro) => {
      const votes = votesOfMicro(micro);
      expect(weight.parse(votes)).toBe(votes);
      expect(amount.parse(votes)).toBe(votes);
      expect(microOfVotes(votes)).toBe(micro);
    }),
  );
});

test('any text either is a weight and converts, or is refused; nothing throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.e+-]{0,12}$/)), (votes) => {
      const taken = weight.safeParse(votes).success;
      if (taken) expect(microOfVotes(votes)).toBeGreaterThan(0n);
    }),
  );
  expect(() => microOfVotes('1e3')).toThrow(RangeError);
});

test('a text is stored without the blanks around it, or refused', () => {
  const name = text(1, 5);
  expect(name.parse('  Ada ')).toBe('Ada');
  for (const wrong of ['', '   ', 'sixsix', 'a\u0000', '\ud800', 5, null]) {
    expect(name.safeParse(wrong).success).toBe(false);
  }
  expect(textProblem('żółw 🐢')).toBe(null);
});

test('ids are UUIDs in small letters, moments are of this age', () => {
  expect(id.parse('0192F0C1-4D2E-7CC3-9A51-3B7D0C6F1A10')).toBe('0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a10');
  expect(id.safeParse('0192f0c1').success).toBe(false);
  expect(chosenMoment.safeParse('2030-01-01T10:00:00+01:00').success).toBe(true);
  for (const wrong of ['1999-12-31T23:59:59Z', '9999-01-01T00:00:00Z', '2030-02-30T00:00:00Z', '2030-01-01', 'now']) {
    expect(chosenMoment.safeParse(wrong).success).toBe(false);
  }
});
