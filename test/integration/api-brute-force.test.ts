import { afterAll, expect, test } from 'vitest';
import { readDocument } from '../../loadtest/api/document.ts';
import { freshDatabase } from '../harness/postgres.ts';
import { serveOrganisations } from '../harness/served-organisations.ts';

/** The widest limit on wrong guesses (join codes: 300, then 20 a second) and more; what is not stopped by then never is. */
const GUESSES_MAX = 450;
const AT_ONCE = 8;

/** Open to everyone without a limit on guesses, each with the reason. */
const WITHOUT_LIMIT: Readonly<Record<string, string>> = {
  refresh: 'a token of 256 random bits, which nobody guesses; a wrong one costs one look-up by its hash',
  signOut: 'ends what the caller holds, and answers the same where there is nothing to end',
};

const database = await freshDatabase();
const served = await serveOrganisations(database.ownerUrl);
afterAll(() => served.stop());
const document = readDocument(await (await fetch(`${served.url}/openapi.json`)).json());
const guessable = document.operations.filter(
  ({ method, secured, body }) => method === 'POST' && !secured && body?.mediaType === 'application/json',
);

/** Guesses until the gateway says stop. @returns its answer, or the last one where it never does */
async function guess(path: string, body: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  let left = GUESSES_MAX;
  let stopped: { status: number; json: Record<string, unknown> } | undefined;
  let last = { status: 0, json: {} };
  const guesser = async () => {
    while (left > 0 && stopped === undefined) {
      left -= 1;
      const answer = await fetch(`${served.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-psephos-csrf': '1' },
        body: JSON.stringify(body),
      });
      const text = await answer.text();
      last = { status: answer.status, json: text === '' ? {} : JSON.parse(text) };
      if (answer.status === 429) stopped = last;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, guesser));
  return stopped ?? last;
}

test('whoever guesses at what is open to everyone is told to stop: LOAD_002', { timeout: 120_000 }, async () => {
  expect(guessable.length).toBeGreaterThan(5);
  const endless: string[] = [];
  for (const { id, path, body } of guessable) {
    await served.superuser`DELETE FROM app.rate_limits`;
    const address = path.replaceAll(/\{(\w+)\}/g, served.ours.openElectionId);
    const { status, json } = await guess(address, body?.example);
    if (status !== 429) {
      endless.push(`${id}: ${status}`);
      continue;
    }
    expect(json.error_code).toBe('LOAD_002');
    expect((json.details as { retry_after_ms: number }).retry_after_ms, id).toBeGreaterThan(0);
  }
  const unexplained = endless.filter((line) => !((line.split(':')[0] ?? '') in WITHOUT_LIMIT));
  expect(unexplained).toEqual([]);
  expect(Object.keys(WITHOUT_LIMIT).filter((id) => !endless.some((line) => line.startsWith(`${id}:`)))).toEqual([]);
});

test('one caller who asks without end is slowed down, and nobody else with it', async () => {
  const ask = (secret: string) =>
    fetch(`${served.url}/v1/elections`, { headers: { authorization: `Bearer ${secret}` } }).then(
      ({ status }) => status,
    );
  const flood = await Promise.all(Array.from({ length: 400 }, () => ask(served.ours.session)));
  expect(flood).toContain(429);
  expect(await ask(served.theirs.session)).toBe(200);
});
