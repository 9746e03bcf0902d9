import fc from 'fast-check';
import PDFDocument from 'pdfkit';
import { describe, expect, test } from 'vitest';
import { contestOf, methodOf } from '../../../engine/elections/counting/index.ts';
import { resultToJson } from '../../../engine/elections/result-json.ts';
import { decide, type RollFacts } from '../../../engine/elections/rules.ts';
import { VOTE } from '../../../engine/elections/votes.ts';
import { type Block, electionBlocks, type Sheet } from '../../../gateway/minutes/blocks.ts';
import { minutesPdf } from '../../../gateway/minutes/document.ts';
import { useFaces } from '../../../gateway/minutes/faces.ts';
import { LANGUAGES, WORDS } from '../../../gateway/minutes/words.ts';
import { type ElectionMethod, METHOD_IDS } from '../../../protocol/methods/index.ts';
import { randomElection } from '../../harness/elections.ts';
import { election } from './stub-engine.ts';

const ROLL: RollFacts = { rollCount: 1_200, rollWeight: 1_200n * VOTE, present: null };
const HEAD = { organisation: 'Chess club', meeting: 'Assembly', whole: false };
const GERMAN = { language: 'de', timeZone: 'Europe/Berlin' } as const;
const ENGLISH = { language: 'en', timeZone: 'UTC' } as const;

function sheetOf(result: ReturnType<typeof decide>, more: Partial<Sheet> = {}): Sheet {
  return {
    organisation: 'Chess club',
    meeting: 'Assembly',
    election: { ...election, title: result.title, state: 'published', publishedAt: new Date('2026-11-21T18:12:00Z') },
    json: resultToJson(result),
    participation: { roll: 1_200, voted: 1_000, votedWeight: '1000' },
    openedBy: 'Mia',
    closedBy: null,
    publishedBy: 'Mia',
    trackingDigest: 'ab'.repeat(32),
    ...more,
  };
}

const options = (...titles: string[]) => titles.map((title) => ({ id: title.toLowerCase(), title }));
const pattern = (ballot: string, count: number) => ({ ballot, count, weight: BigInt(count) * VOTE });
const motion = decide(
  {
    electionId: 'e',
    title: 'Adopt?',
    method: { method: 'motion', settings: {} },
    options: options('Yes', 'No'),
    rules: {
      majority: { base: 'valid', threshold: 'two_thirds' },
      quorum: { share: { numerator: 1, denominator: 2 } },
    },
  },
  [pattern('yes', 700), pattern('no', 250), pattern('abstain', 50)],
  ROLL,
  {
    declared: 60,
    leastShown: 3,
    batches: [{ batchId: 'b', label: 'Box A', ballots: 40, patterns: [pattern('no', 40)] }],
  },
);

function textOf(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if ('text' in block) return block.text;
      if (block.kind === 'fields') return block.rows.map((row) => row.join(': ')).join('\n');
      return block.kind === 'table' ? [block.head, ...block.rows].map((row) => row.join(' | ')).join('\n') : '';
    })
    .join('\n');
}

describe('what minutes say', () => {
  test('question, rules in words, who presided, turnout, quorum and majority with figures, paper apart, the digest', () => {
    const text = textOf(electionBlocks(sheetOf(motion), ENGLISH));
    for (const line of [
      'Adopt?',
      'Majority: two thirds of the valid votes',
      'Quorum: 1/2 of the roll must vote',
      'Opened: 21 November 2026 at 18:00:00 (UTC), by Mia',
      'On the roll: 1,200',
      'Voted electronically: 1,000 (83.3 %)',
      'Voted on paper: 40',
      'Decision: Carried',
      'Quorum: reached: 1,040, needed 600',
      'Majority: reached: 700 of 990, needed 660',
      'Yes | 700',
      'Ballots | 1,040 | 990 | 0 | 50',
      'Electronic | 1,000 | 950 | 0 | 50',
      'On paper (60 handed out) | 40 | 40 | 0 | 0',
      'Box A | 40',
      'ab'.repeat(32),
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  test('the same in German, with its own figures and its own hour', () => {
    const text = textOf(electionBlocks(sheetOf(motion), GERMAN)).split('\n');
    for (const line of ['Beschluss: Angenommen', 'Ja | 700', 'Beschlussfähigkeit: erreicht: 1.040, nötig 600']) {
      expect(text).toContain(line);
    }
    expect(text.some((line) => line.includes('19:00:00 (Europe/Berlin), von Mia'))).toBe(true);
  });

  test.each(METHOD_IDS)('every word of a %s count is known in German', (id) => {
    fc.assert(
      fc.property(randomElection(id), (random) => {
        const method = { method: id, settings: random.settings } as ElectionMethod;
        const contest = contestOf(random.electionId, options(...random.ids), random.settings);
        const plain = { ...contest, options: random.ids.map((one) => ({ id: one, title: one })) };
        const position = new Map(random.ids.map((one, i) => [one, i]));
        const patterns = random.votes.map(({ ballot, weight }) => {
          const encoded = methodOf(id).encode({ ...plain, position }, ballot);
          return { ballot: encoded.ok ? encoded.ballot : '', count: 1, weight };
        });
        const named = { electionId: random.electionId, title: 'x', method, options: plain.options, rules: {} };
        const { count } = decide(named, patterns, ROLL);
        const said = [count.decidedBy, ...count.rounds.map(({ rule }) => rule)].flatMap((rule) =>
          rule.split(/; |, (?=tie )/),
        );
        for (const words of said) expect(Object.keys(WORDS.de.rules)).toContain(words);
      }),
      { numRuns: 40 },
    );
  });
});

test('a whole meeting of a hundred options over many rounds stays a document of some pages, made twice alike', async () => {
  const many = Array.from({ length: 100 }, (_, i) => ({ id: `o${i}`, title: `Option ${i} Ωмега` }));
  const irv = decide(
    { electionId: 'e', title: 'One of many', method: { method: 'irv', settings: {} }, options: many, rules: {} },
    many.map((_, i) =>
      pattern(
        `${i}>${(i + 1) % 100}>${(i * 7) % 100 === i ? (i + 2) % 100 : (i * 7) % 100}`
          .split('>')
          .filter((x, at, all) => all.indexOf(x) === at)
          .join('>'),
        i + 1,
      ),
    ),
    ROLL,
  );
  const sheets = [sheetOf(irv), sheetOf(motion)];
  const whole = { ...HEAD, whole: true };
  const [first, again] = [await minutesPdf(whole, sheets, GERMAN), await minutesPdf(whole, sheets, GERMAN)];
  expect(first.equals(again)).toBe(true);
  const pages = first.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
  expect(pages).toBeGreaterThan(8);
  expect(pages).toBeLessThan(40);
  for (const language of LANGUAGES) {
    expect((await minutesPdf(HEAD, [sheetOf(motion)], { language, timeZone: 'UTC' })).length).toBeGreaterThan(10_000);
  }
});

test('characters that the faces lack are named by their number, and none vanishes', async () => {
  const printable = useFaces(new PDFDocument());
  const readable = 'Zoë Ångström, Łukasz Żółć, Жанна Ωмега: “½ – 3 €” ✓';
  expect(printable(readable)).toBe(readable);
  expect(printable('王小明')).toBe('[U+738B][U+5C0F][U+660E]');
  expect(printable('Ban \u{1f9e8}\u{fe0f}?\nYes')).toBe('Ban [U+1F9E8]?\nYes');
  expect(printable('a\u{202e}b\tc')).toBe('a b c');
  const title = `Adopt ${'王小明'.repeat(60)} \u{1f9e8}?`;
  const strange = sheetOf({ ...motion, title });
  expect((await minutesPdf({ ...HEAD, organisation: title }, [strange], ENGLISH)).length).toBeGreaterThan(10_000);
});
