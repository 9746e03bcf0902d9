import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../../engine/limits.ts';
import { ElectionFileError, readElectionFile, toMethod } from '../../../loadtest/replay/formats/index.ts';
import { MAX_OPTIONS, MAX_VOTERS } from '../../../loadtest/replay/formats/parsed-election.ts';
import { refusal } from './refusal.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'psephos-formats-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function refusalOf(name: string, content: string | Uint8Array) {
  const path = join(folder, name);
  await writeFile(path, content);
  return refusal(readElectionFile(path));
}

test('an absent file, a folder, a device', async () => {
  expect((await refusal(readElectionFile(join(folder, 'none.soi')))).message).toBe('none.soi: there is no such file');
  expect((await refusal(readElectionFile(folder))).problem).toBe('this is a folder, not a file');
  const device = await refusal(readElectionFile('/dev/zero'));
  expect(device.message).toBe('zero: this is no regular file of at most 200000000 bytes');
});

test.each(['a.soi', 'a.pb', 'a.csv', 'a.txt'])('an empty %s, and one of blanks', async (name) => {
  expect((await refusalOf(name, '')).message).toBe(`${name}: the file is empty`);
  expect((await refusalOf(name, '\uFEFF \n\n')).message).toBe(`${name}: the file is empty`);
});

test.each(['b.soi', 'b.pb', 'b.csv'])('a binary %s', async (name) => {
  const zero = await refusalOf(name, new Uint8Array([65, 10, 66, 0, 67]));
  expect(zero.message).toBe(`${name} line 2: there is a zero byte, this is no text file`);
  const latin = await refusalOf(name, new Uint8Array([65, 10, 10, 0xb3, 0x41, 10]));
  expect(latin.message).toBe(`${name} line 3: this is not UTF-8 text`);
  expect(latin.hint).toContain('iconv');
});

test('random bytes are refused, never thrown on', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const bytes = Uint8Array.from({ length: 200 }, (_, index) => (index * index * seed * 31 + seed * 17) % 128 || 65);
    for (const name of ['r.soi', 'r.toc', 'r.pb', 'r.csv']) expect((await refusalOf(name, bytes)).file).toBe(name);
  }
});

test.each(['food.toi', 'committee-old-form.toc', 'council.csv', 'parks-approval.pb', 'schools-scoring.pb'])(
  'whatever is cut out of %s or put into it, it is read or refused',
  async (name) => {
    const whole = await readFile(join('test/harness/election-files', name), 'utf8');
    const insert = fc.oneof(fc.string(), fc.constantFrom('"', ';', ',', '\n', '{', '}', '-', '9'.repeat(30)));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.nat(40), insert, async (start, length, inserted) => {
        const text = whole.slice(0, start) + inserted + whole.slice(start + length);
        const outcome = await readElectionFile({ name, text }).then(
          (parsed) => toMethod(parsed).ballots.length === parsed.voters,
          (error: unknown) => error instanceof ElectionFileError,
        );
        expect(outcome).toBe(true);
      }),
      { numRuns: 300 },
    );
  },
);

test('a line of a million characters', async () => {
  const refused = await refusalOf('h.soi', `# TITLE: x\n${'1,'.repeat(600_000)}\n`);
  expect(refused.message).toBe('h.soi line 2: 1200000 characters on one line (at most 1000000)');
});

test('an unknown extension is told by its text, or refused', async () => {
  const parsed = await readElectionFile({ name: 'ballots.txt', text: 'id,rank1\n1,A\n' });
  expect(parsed.format).toBe('ranked csv');
  expect((await readElectionFile({ name: 'x', text: 'id,rank1\n1,A\n' })).title).toBe('x');
  expect((await refusalOf('letter.txt', 'Dear voters')).message).toBe(
    'letter.txt: the format of "letter.txt" is unknown',
  );
});

test('more options than an election takes, and an id that would set a prototype', async () => {
  const many = Array.from({ length: 1_001 }, (_, index) => `name ${index}`).join('\n');
  expect((await refusalOf('m.csv', `rank1\n${many}`)).problem).toBe('1001 options are named');
  const parsed = await readElectionFile({ name: 'p.csv', text: 'rank1,rank2\n__proto__,proto\n' });
  expect(parsed.options.map(({ id }) => id)).toEqual(['proto-2', 'proto']);
});

test('the same file always gives the same ids, titles are cut to the length of the protocol', async () => {
  const text = `rank1,rank2,rank3\nŻółw A,Zołw A!,${'ł'.repeat(600)}\n`;
  const parsed = await readElectionFile({ name: 'i.csv', text });
  expect(parsed.options.map(({ id }) => id)).toEqual(['Zo-w-A', 'Zo-w-A-2', 'option']);
  expect(parsed.options[2]?.title).toHaveLength(500);
  expect((await readElectionFile({ name: 'i.csv', text })).options).toEqual(parsed.options);
});

test('the caps are those of the engine', () => {
  expect(MAX_OPTIONS).toBe(limits.electionMaxOptions);
  expect(MAX_VOTERS).toBe(limits.electionMaxCredentials);
});
