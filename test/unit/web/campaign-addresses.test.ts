import { expect, test } from 'vitest';
import { addressesIn } from '../../../web/moderate/campaigns/addresses.ts';

test('addresses are found in what people paste: lists, lines, tables, mail headers; each once, in small letters', () => {
  const pasted =
    'Ada@x.org, bob@y.example; carl@z.example\tdora@z.example\n"Eve, the first" <eve@z.example>\nada@x.org\n\n';
  expect(addressesIn(pasted)).toEqual({
    good: ['ada@x.org', 'bob@y.example', 'carl@z.example', 'dora@z.example', 'eve@z.example'],
    wrong: [],
  });
});

test('what is no address is told as it was typed', () => {
  expect(addressesIn('ada@x\nsomebody\nbob@y.example carl@z.example').wrong).toEqual(['ada@x', 'somebody']);
  expect(addressesIn('bob@y.example carl@z.example').good).toHaveLength(2);
  expect(addressesIn(' \n;,').good).toEqual([]);
});
