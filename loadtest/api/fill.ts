import type { ApiDocument, ApiOperation } from './document.ts';
import { harvest, type KnownValues, withValue } from './harvest.ts';

/** Calls as the best key of an organisation and gives the answer's JSON, or null where it was refused. */
export type Ask = (method: ApiOperation['method'], address: string, body?: unknown) => Promise<unknown>;

/** Things of things of things: a speaker of a meeting needs the meeting first. */
const ROUNDS = 3;

/** Asks a running gateway with one secret. */
export function askAs(url: string, secret: string): Ask {
  return async (method, address, body) => {
    const answer = await fetch(`${url}${address}`, {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') ?? false;
    return answer.ok && isJson ? JSON.parse(text) : null;
  };
}

/**
 * Makes one of everything that the document shows how to make: sends the example of each creating operation with ids
 * that are known by then. @returns every id that can be read afterwards
 */
export async function fillByExamples(document: ApiDocument, ask: Ask): Promise<KnownValues> {
  const read = (address: string) => ask('GET', address);
  let known = await harvest(document, read);
  const creating = document.operations.filter(
    ({ method, secured, body }) => method === 'POST' && secured && body?.mediaType === 'application/json',
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { path, parameters, body } of creating) {
      if (!parameters.some(({ name }) => name === 'Idempotency-Key')) continue; // acts on what there is
      const address = [...path.matchAll(/\{(\w+)\}/g)].reduce(
        (filled, [, name = '']) => withValue(filled, name, known.of(name)[0] ?? ''),
        path,
      );
      await ask('POST', address, withKnownIds(body?.example, known));
    }
    known = await harvest(document, read, known);
  }
  return known;
}

/** The example with ids that exist in place of those that it makes up. */
function withKnownIds(example: unknown, known: KnownValues): unknown {
  if (Array.isArray(example)) return example.map((item) => withKnownIds(item, known));
  if (typeof example !== 'object' || example === null) return example;
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => {
      const [id] = typeof value === 'string' ? known.of(name) : [];
      return [name, id ?? withKnownIds(value, known)];
    }),
  );
}
