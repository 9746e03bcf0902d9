import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GivenProxy, ProxyBook } from '../../engine/meetings/proxy-book.ts';

const member = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const meeting = fc.constantFrom(null, 'm1', 'm2');
const proposal = fc.record({ grantorId: member, holderId: member, meetingId: meeting });
const MEETINGS = ['m1', 'm2'];

const goodIn = (proxies: readonly GivenProxy[], id: string) =>
  proxies.filter(({ meetingId }) => meetingId === null || meetingId === id);

test('whatever is proposed in whatever order: no chain, no second proxy, no more than the limit in any meeting', () => {
  fc.assert(
    fc.property(fc.array(proposal, { maxLength: 40 }), fc.option(fc.integer({ min: 0, max: 2 })), (all, limit) => {
      const given: GivenProxy[] = [];
      for (const each of all) {
        const proxy = { ...each, state: 'accepted' as const };
        if (new ProxyBook(given).problemOf(proxy, limit) === null) given.push(proxy);
      }
      for (const id of MEETINGS) {
        const here = goodIn(given, id);
        const grantors = here.map(({ grantorId }) => grantorId);
        expect(new Set(grantors).size).toBe(grantors.length);
        expect(here.filter(({ holderId }) => grantors.includes(holderId))).toEqual([]);
        expect(here.filter(({ grantorId, holderId }) => grantorId === holderId)).toEqual([]);
        for (const holder of 'abcde') {
          const held = here.filter(({ holderId }) => holderId === holder).length;
          expect(held).toBeLessThanOrEqual(limit ?? Number.POSITIVE_INFINITY);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('what is refused could not have been given: without any others everything but oneself may be', () => {
  fc.assert(
    fc.property(proposal, (each) => {
      const problem = new ProxyBook().problemOf({ ...each, state: 'offered' }, null);
      expect(problem).toBe(each.grantorId === each.holderId ? 'self' : null);
    }),
  );
});

test.each([
  ['second_proxy', [['a', 'b', null]], ['a', 'c', 'm1']],
  ['cycle', [['a', 'b', 'm1']], ['b', 'a', 'm1']],
  ['grantor_holds', [['a', 'b', 'm1']], ['b', 'c', null]],
  ['holder_has_given', [['a', 'b', 'm1']], ['c', 'a', 'm1']],
  ['limit', [['a', 'b', 'm1']], ['c', 'b', 'm1']],
  [null, [['a', 'b', 'm1']], ['b', 'c', 'm2']],
] as const)('%s', (problem, before, [grantorId, holderId, meetingId]) => {
  const book = new ProxyBook(
    before.map(([g, h, m]) => ({ grantorId: g, holderId: h, meetingId: m, state: 'accepted' as const })),
  );
  expect(book.problemOf({ grantorId, holderId, meetingId, state: 'offered' }, 1)).toBe(problem);
});

test('an offer binds who made it, and keeps nobody else from anything', () => {
  const offer = { grantorId: 'a', holderId: 'b', meetingId: null, state: 'offered' as const };
  const book = new ProxyBook([offer]);
  expect(book.problemOf({ ...offer, holderId: 'c' }, null)).toBe('second_proxy');
  expect(book.problemOf({ ...offer, grantorId: 'b', holderId: 'c' }, 0)).toBe('limit');
  expect(book.problemOf({ ...offer, grantorId: 'b', holderId: 'c' }, 1)).toBeNull();
  expect(book.problemOf({ ...offer, grantorId: 'c', holderId: 'a' }, 1)).toBeNull();
});
