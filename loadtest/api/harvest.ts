import type { ApiDocument, ApiOperation } from './document.ts';

/** What an organisation has, by the name under which the API shows it: election_id -> ids, join_code -> codes, … */
export class KnownValues {
  readonly #values = new Map<string, Set<string>>();
  readonly #rows: Readonly<Record<string, string>>[] = [];

  add(name: string, value: string): boolean {
    const known = this.#values.get(name) ?? new Set();
    this.#values.set(name, known);
    if (known.has(value)) return false;
    known.add(value);
    return true;
  }

  /** Ids that belong together: a meeting's with that of one of its speakers. */
  addTogether(row: Readonly<Record<string, string>>): void {
    this.#rows.push(row);
    for (const [name, value] of Object.entries(row)) this.add(name, value);
  }

  /** Values of these names that belong together, in this order; one list for each known row that has them all. */
  together(names: readonly string[]): readonly (readonly string[])[] {
    return this.#rows.flatMap((row) => {
      const values = names.flatMap((name) => row[name] ?? []);
      return values.length === names.length ? [values] : [];
    });
  }

  of(name: string): readonly string[] {
    return [...(this.#values.get(name) ?? [])];
  }

  /** What is known here and not there. */
  without(other: KnownValues): KnownValues {
    const rest = new KnownValues();
    for (const row of this.#rows) {
      if (!Object.entries(row).some(([name, value]) => other.of(name).includes(value))) rest.addTogether(row);
    }
    for (const [name, values] of this.#values) {
      const theirs = new Set(other.of(name));
      for (const value of values) if (!theirs.has(value)) rest.add(name, value);
    }
    return rest;
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }
}

/** How many values of one parameter are followed: the first ones are as good as all others. */
const FOLLOWED_MAX = 6;
/** Ids of ids of ids: a meeting's speakers are found in the third round. */
const ROUNDS_MAX = 5;

/** Names of fields that name a thing: what may stand in an address or refer to something in a body. */
const NAMING = /(?:^|_)(?:id|ids|code|codes)$/;

/**
 * Reads everything that can be read, again and again with the ids of the answers before, until no answer has a new
 * one: so a new resource is found by itself. Only texts in fields named like ids and codes are kept.
 * @param read GETs an address with the best key of the organisation; null where it was refused
 */
export async function harvest(
  document: ApiDocument,
  read: (path: string) => Promise<unknown>,
  known: KnownValues = new KnownValues(),
): Promise<KnownValues> {
  const asked = new Set<string>();
  const readable = document.operations.filter(
    // what is printed names no ids, and takes a second
    ({ method, secured, path }) => method === 'GET' && secured && !path.endsWith('.pdf'),
  );
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const before = asked.size;
    for (const address of readable.flatMap((operation) => addressesOf(operation, known))) {
      if (asked.has(address)) continue;
      asked.add(address);
      const answer = await read(address);
      if (answer !== null) collect(answer, known);
    }
    if (asked.size === before) break;
  }
  return known;
}

/** Every address of an operation with the values known so far; none while one is missing. */
function addressesOf({ path, parameters }: ApiOperation, known: KnownValues): string[] {
  let addresses = [path];
  for (const { name } of parameters.filter((one) => one.in === 'path' || (one.in === 'query' && one.required))) {
    const values = known.of(name).slice(0, FOLLOWED_MAX);
    addresses = addresses.flatMap((address) => values.map((value) => withValue(address, name, value)));
  }
  return addresses;
}

/** The address with one parameter put into its place in the path, or else into the query. */
export function withValue(address: string, name: string, value: string): string {
  const encoded = encodeURIComponent(value);
  const place = `{${name}}`;
  if (address.includes(place)) return address.replace(place, encoded);
  return `${address}${address.includes('?') ? '&' : '?'}${name}=${encoded}`;
}

/** Ids stand under their own names, and `id` under that of the thing: {"key": {"id": …}} is a key_id. */
function collect(answer: unknown, known: KnownValues): void {
  const waiting: unknown[] = [answer];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (typeof at !== 'object' || at === null) continue;
    for (const [name, value] of Object.entries(at)) {
      if (NAMING.test(name)) {
        const single = name.replace(/s$/, '');
        for (const text of [value].flat()) if (typeof text === 'string' && text !== '') known.add(single, text);
      }
      if (typeof value === 'object' && value !== null) waiting.push(value);
    }
  }
}
