import { describe, expect, test } from 'vitest';
import { helpText, parseArguments } from '../../cli/arguments.ts';

const SPEC = {
  command: 'npm run replay',
  purpose: 'Casts real ballots.',
  positionals: ['FILE'],
  flags: {
    seats: { type: 'number', placeholder: 'N', purpose: 'seats to fill', min: 1, max: 99 },
    url: { type: 'string', placeholder: 'URL', purpose: 'a running server' },
    json: { type: 'boolean', purpose: 'one last line of JSON' },
  },
} as const;

describe('arguments', () => {
  test('flags have their types; what is absent is undefined or false', () => {
    expect(parseArguments(SPEC, ['a.soi', '--seats', '4', '--json'])).toEqual({
      flags: { seats: 4, url: undefined, json: true },
      positionals: ['a.soi'],
    });
    expect(parseArguments(SPEC, ['a.soi']).flags.json).toBe(false);
  });

  test.each([
    [['a.soi', '--sets', '4'], "Unknown option '--sets'"],
    [['a.soi', '--seats'], "Option '--seats <value>' argument missing"],
    [['a.soi', '--seats', '0'], '--seats 0: not a whole number from 1 to 99'],
    [['a.soi', '--seats', '4.5'], '--seats 4.5: not a whole number from 1 to 99'],
    [['a.soi', '--json=yes'], "Option '--json' does not take an argument"],
    [[], 'FILE is missing'],
    [['a.soi', 'b.soi'], "'b.soi' is one word too many"],
  ])('%j is refused', (argv, problem) => {
    expect(() => parseArguments(SPEC, argv)).toThrow(`${problem}. What there is: npm run replay -- --help`);
  });

  test('the help names every flag with its placeholder', () => {
    const text = helpText(SPEC);
    expect(text.split('\n')[0]).toBe('npm run replay -- FILE [FLAGS]');
    expect(text).toContain('  --seats N  seats to fill');
    expect(text).toContain('  --json     one last line of JSON');
  });
});
