import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ParsedElection, readElectionFile } from '../../../loadtest/replay/formats/index.ts';
import { refusal } from './refusal.ts';

const header = [
  '# FILE NAME: small.soi',
  '# TITLE: A small one',
  '# DATA TYPE: soi',
  '# NUMBER ALTERNATIVES: 3',
  '# NUMBER VOTERS: 6',
  '# NUMBER UNIQUE ORDERS: 3',
  '# ALTERNATIVE NAME 1: Ada',
  '# ALTERNATIVE NAME 2: Grace: the navy',
  '# ALTERNATIVE NAME 3: Hedy',
];
const orders = ['3: 1,2,3', '2: 3', '1: 2, 1'];
const text = (...lines: readonly (readonly string[])[]) => lines.flat().join('\n');
const replaced = (from: string, to: string) => text(header, orders).replace(from, to);

const read = (content: string, name = 'small.soi') => readElectionFile({ name, text: content });

function rankings(parsed: ParsedElection) {
  if (parsed.kind !== 'ranked') throw new Error(`${parsed.kind} instead of ranked`);
  return parsed.ballots.map(({ ballot, count }) => [count, ballot.ranking]);
}

describe('the form of September 2022', () => {
  test('reads names, orders and counts', async () => {
    const parsed = await read(text(header, orders));
    expect(parsed).toMatchObject({ format: 'preflib soi', title: 'A small one', voters: 6, suggestedMethod: 'irv' });
    expect(parsed.options.map(({ id, title }) => [id, title])).toEqual([
      ['1', 'Ada'],
      ['2', 'Grace: the navy'],
      ['3', 'Hedy'],
    ]);
    expect(rankings(parsed)).toEqual([
      [3, [['1'], ['2'], ['3']]],
      [2, [['3']]],
      [1, [['2'], ['1']]],
    ]);
    expect(parsed.notes).toEqual([]);
  });

  test('takes a byte order mark, Windows line ends and trailing blanks', async () => {
    const windows = `\uFEFF${text(header, orders).replaceAll('\n', '  \r\n')}\r\n\r\n`;
    expect(rankings(await read(windows))).toEqual(rankings(await read(text(header, orders))));
  });

  test('reads ties of a hand-made .toi', async () => {
    const parsed = await readElectionFile('test/harness/election-files/food.toi');
    expect(parsed).toMatchObject({ format: 'preflib toi', voters: 12, suggestedMethod: 'schulze', complete: false });
    expect(parsed.options.map(({ title }) => title)).toEqual(['Soup', 'Noodles: fried', 'Żurek', 'Salad']);
    expect(rankings(parsed)[0]).toEqual([5, [['1'], ['2', '3'], ['4']]]);
  });

  test('an order without alternatives is a blank ballot', async () => {
    const parsed = await read(replaced('2: 3', '2: '));
    expect(rankings(parsed)[1]).toEqual([2, []]);
    expect(parsed.notes).toEqual(['blank ballots: 2']);
  });

  test('a repeated order is counted and noted', async () => {
    const parsed = await read(replaced('1: 2, 1', '1: 1,2,3'));
    expect(parsed.voters).toBe(6);
    expect(parsed.notes).toEqual(['lines that repeat an earlier order, counts added up: 1']);
  });

  test('the DATA TYPE of the header goes before the extension, with a note', async () => {
    const parsed = await read(text(header, orders), 'small.toi');
    expect(parsed.format).toBe('preflib soi');
    expect(parsed.notes[0]).toContain('read as soi');
  });

  test('a header without totals is noted as not checked', async () => {
    const parsed = await read(
      text(
        header.filter((line) => !/VOTERS|UNIQUE/.test(line)),
        orders,
      ),
    );
    expect(parsed.notes).toHaveLength(2);
  });
});

describe('the form before September 2022', () => {
  test('reads names with commas, ties and totals', async () => {
    const parsed = await readElectionFile('test/harness/election-files/committee-old-form.toc');
    expect(parsed).toMatchObject({ format: 'preflib toc', voters: 10, complete: true });
    expect(parsed.options[1]).toEqual({ id: '2', title: 'Grace, of the navy', source: '2' });
    expect(rankings(parsed)).toEqual([
      [4, [['1'], ['2'], ['3', '4']]],
      [3, [['3'], ['1', '2', '4']]],
      [2, [['2'], ['1', '3'], ['4']]],
      [1, [['4'], ['3'], ['2'], ['1']]],
    ]);
  });

  test.each([
    ['2\n1,A\n2,B\n3,3,1\n3,1,2,', 5, 'the order ends with a comma'],
    ['2\n1,A\n', 3, 'expected "number,name" of alternative 2 of 2'],
    ['2\n1,A\n1,B\n1,1,1\n1,1,2', 3, 'alternative 1 is named a second time'],
    ['2\n1,A\n2,\n1,1,1\n1,1,2', 3, 'alternative 2 has no name'],
    ['2\n1,A\n2,B\n1,1\n1,1,2', 4, 'expected the line "voters,sum of counts,unique orders"'],
    ['2\n1,A\n2,B\n1,x,1\n1,1,2', 4, 'sum of counts is "x", not a whole number'],
    ['2\n1,A\n2,B\n1,2,1\n1,1,2', 4, 'sum of counts is 2, but the orders add up to 1'],
    ['2\n1,A\n2,B\n1,1,1\n1,1,3', 5, 'alternative 3 is not declared (the header names 2)'],
  ])('refuses %j', async (content, line, problem) => {
    expect(await refusal(read(content))).toMatchObject({ line, problem: expect.stringContaining(problem) });
  });
});

describe('malformed files', () => {
  test.each([
    ['3: 1,2,3', '3: 1,2,13', 10, 'alternative 13 is not declared (the header names 3)'],
    ['3: 1,2,3', '3: 1,2,1', 10, 'alternative 1 stands twice in one order'],
    ['3: 1,2,3', '3: 1,{2,3}', 10, 'alternatives 2 and 3 are tied, which .soi does not allow'],
    ['3: 1,2,3', '3: 1,{2,3', 10, 'a tie is opened by "{" and never closed'],
    ['3: 1,2,3', '3: 1,2},3', 10, 'a tie is closed by "}" that no "{" opened'],
    ['3: 1,2,3', '3: {1,{2}},3', 10, 'a tie is opened inside a tie'],
    ['3: 1,2,3', '3: {},3', 10, 'a tie is empty'],
    ['3: 1,2,3', '3: {1,},3', 10, 'there is no alternative between a comma and "}"'],
    ['3: 1,2,3', '3: 1,,3', 10, 'there is no alternative before a comma'],
    ['3: 1,2,3', '3: 1 2,3', 10, 'a comma is missing before "2"'],
    ['3: 1,2,3', '3: Ada', 10, '"Ada" is no number of an alternative'],
    ['3: 1,2,3', '3: 1,2,', 10, 'the order ends with a comma'],
    ['3: 1,2,3', '3 1,2,3', 10, '"3 1,2,3" does not begin with "count:"'],
    ['3: 1,2,3', '0: 1,2,3', 10, '0 voters for one order'],
    ['3: 1,2,3', '99999999999999: 1,2,3', 10, '99999999999999 voters for one order'],
    [
      '3: 1,2,3',
      '# ALTERNATIVE NAME 3: again',
      10,
      '"ALTERNATIVE NAME 3" stands twice in the header (first on line 9)',
    ],
    ['NUMBER VOTERS: 6', 'NUMBER VOTERS: 7', 5, 'NUMBER VOTERS is 7, but the orders add up to 6'],
    ['NUMBER VOTERS: 6', 'NUMBER VOTERS: six', 5, 'NUMBER VOTERS is "six", not a whole number'],
    ['ORDERS: 3', 'ORDERS: 4', 6, 'NUMBER UNIQUE ORDERS is 4, but 3 different orders follow'],
    ['NAME 3: Hedy', 'NAME 3:  ', 9, 'alternative 3 has no name'],
    ['NAME 3: Hedy', 'NAME 4: Hedy', 9, 'alternative 4 is named, but the header announces 1 to 3'],
    ['ALTERNATIVES: 3', 'ALTERNATIVES: 4', 4, 'announces 4 alternatives and does not name alternative 4'],
    ['# TITLE: A small one', '# no colon', 2, '"# no colon" is no header line "# NAME: value"'],
    ['# NUMBER ALTERNATIVES: 3\n', '', 8, 'the header has no NUMBER ALTERNATIVES'],
  ])('%s -> %s', async (from, to, line, problem) => {
    const refused = await refusal(read(replaced(from, to)));
    expect(refused).toMatchObject({ line, problem: expect.stringContaining(problem) });
    expect(refused.message).toBe(`small.soi line ${line}: ${refused.problem}`);
  });

  test('says in which column an order breaks', async () => {
    expect(await refusal(read(replaced('3: 1,2,3', '3: 1,x,3')))).toMatchObject({ line: 10, column: 6 });
  });

  test('a complete type needs every alternative', async () => {
    const refused = await refusal(read(replaced('TYPE: soi', 'TYPE: soc')));
    expect(refused.message).toBe('small.soi line 11: the order has 1 of 3 alternatives, .soc needs all');
  });

  test('a file cut off after its header, and one cut off among its orders', async () => {
    expect((await refusal(read(text(header)))).problem).toBe('no orders follow the header');
    expect(await refusal(read(text(header, orders.slice(0, 2))))).toMatchObject({ line: 5 });
  });

  test('categories and matchings are refused by name', async () => {
    expect((await refusal(read('x', 'a.cat'))).message).toBe('a.cat: .cat files hold no orders to vote with');
    const refused = await refusal(read(replaced('TYPE: soi', 'TYPE: cat')));
    expect(refused.problem).toBe('the data type "cat" holds no orders to vote with');
  });
});

const weakOrder = fc
  .shuffledSubarray(['1', '2', '3', '4', '5'], { minLength: 1 })
  .chain((order) => fc.tuple(fc.constant(order), fc.array(fc.boolean(), { minLength: 5, maxLength: 5 })))
  .map(([order, joins]) => {
    const ranks: string[][] = [];
    order.forEach((alternative, index) => {
      const last = ranks.at(-1);
      if (index > 0 && joins[index] && last) last.push(alternative);
      else ranks.push([alternative]);
    });
    return ranks;
  });
const profile = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), weakOrder), { minLength: 1, maxLength: 20 });

function printed(orders: [number, string[][]][], modern: boolean): string {
  const voters = orders.reduce((sum, [count]) => sum + count, 0);
  const names = ['A, a', 'B', 'Ć', 'D', 'E'];
  const lines = orders.map(([count, ranks]) => {
    const order = ranks.map((rank) => (rank.length > 1 ? `{${rank.join(',')}}` : rank[0])).join(',');
    return modern ? `${count}: ${order}` : `${count},${order}`;
  });
  const totals = [`# NUMBER ALTERNATIVES: 5`, `# NUMBER VOTERS: ${voters}`, `# NUMBER UNIQUE ORDERS: ${orders.length}`];
  const head = modern
    ? [...totals, ...names.map((name, index) => `# ALTERNATIVE NAME ${index + 1}: ${name}`)]
    : ['5', ...names.map((name, index) => `${index + 1},${name}`), `${voters},${voters},${orders.length}`];
  return [...head, ...lines, ''].join('\n');
}

describe('round trip', () => {
  test('a printed profile is read back, in both forms', async () => {
    await fc.assert(
      fc.asyncProperty(profile, fc.boolean(), async (orders, modern) => {
        expect(rankings(await read(printed(orders, modern), 'p.toi'))).toEqual(orders);
      }),
      { numRuns: 200 },
    );
  });
});
