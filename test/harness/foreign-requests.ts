import { randomBytes, randomUUID } from 'node:crypto';
import { type ApiDocument, type ApiOperation, type JsonSchema, textPlaces } from '../../loadtest/api/document.ts';
import { type KnownValues, withValue } from '../../loadtest/api/harvest.ts';

/** Parameters and fields that name a thing under another name than its own or its kind's. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  on_behalf_of: 'member_id',
  add: 'member_id',
  remove: 'member_id',
  topic: 'election_id',
  banner_id: 'picture_id',
  icon_id: 'picture_id',
  merge_into: 'idea_id',
};
/** What has to stand beside a field for it to be looked at, where the example has no such thing. */
const COMPANIONS: Readonly<Record<string, object>> = {
  roll_group_id: { roll: 'members', method: { method: 'motion', settings: {} } },
  picture: { id: 'a', title: 'A' },
  options: { method: { method: 'choose', settings: {} } },
};
/** What the example has and what cannot stand beside a field; undefined takes it away. */
const INSTEAD: Readonly<Record<string, object>> = {
  on_behalf_of: { credential: undefined },
  holder_id: { holder_number: undefined },
  grantor_id: { grantor_number: undefined },
  election_id: { kind: 'election' },
  user_id: { email: undefined },
  merge_into: { act: 'merge', status: undefined },
};
/** What is unique in an organisation: sent anew each time, or a conflict would hide whether the id was looked at. */
const UNIQUE: Readonly<Record<string, () => string>> = {
  name: () => `Fresh ${randomBytes(6).toString('hex')}`,
  number: () => randomBytes(6).toString('hex'),
  email: () => `fresh.${randomBytes(6).toString('hex')}@example.org`,
};
/** Names that say nothing about whose they are. */
const NOT_NAMING = new Set(['cursor', 'cast_key', 'credential', 'request_id', 'context_id']);

/** A place of a request where the id of something stands. */
export interface IdSlot {
  readonly in: 'path' | 'query' | 'body';
  /** in a body the way to it, e.g. ['options', '*', 'picture'] */
  readonly path: readonly string[];
  /** what it names, e.g. election_id */
  readonly kind: string;
}

/** Whose id stands in a place: of the other organisation, of the caller's, or of nothing that there is. */
type Owner = 'foreign' | 'own' | 'unknown';

export interface BuiltRequest {
  readonly address: string;
  readonly body: unknown;
  /** the ids in it: an answer may repeat them */
  readonly values: readonly string[];
  /** 'election_id=foreign tracking_code=own', for the report */
  readonly shape: string;
}

/** Every place of an operation where an id may stand. */
export function idSlots(document: ApiDocument, operation: ApiOperation): IdSlot[] {
  const inAddress = operation.parameters.flatMap(({ name, in: place, schema }): IdSlot[] => {
    if (place === 'path') return [{ in: 'path', path: [name], kind: kindOf(name) }];
    return place === 'query' && names(name, schema) ? [{ in: 'query', path: [name], kind: kindOf(name) }] : [];
  });
  const isJson = operation.body?.mediaType === 'application/json';
  const inBody = operation.body === null || !isJson ? [] : textPlaces(document, operation.body.schema);
  return [
    ...inAddress,
    ...inBody.flatMap(({ path, schema }): IdSlot[] => {
      const name = path.findLast((step) => step !== '*') ?? '';
      return names(name, schema) ? [{ in: 'body', path, kind: kindOf(name) }] : [];
    }),
  ];
}

function names(name: string, schema: JsonSchema): boolean {
  return !NOT_NAMING.has(name) && (schema.format === 'uuid' || /_ids?$/.test(name) || name in OTHER_NAMES);
}

function kindOf(name: string): string {
  return OTHER_NAMES[name] ?? name.replace(/_ids$/, '_id');
}

/** The kinds that things of an organisation are known by: roll_group_id, groups and group all name a group_id. */
export function knownKind(kind: string, known: KnownValues): string | null {
  const steps = kind.split('_');
  const ends = steps.flatMap((_, index) => {
    const end = steps.slice(index).join('_');
    return [end, `${end.replace(/s$/, '')}_id`];
  });
  return ends.find((end) => end !== 'id' && known.of(end).length > 0) ?? null;
}

/** One request three times: with an id of the other organisation, of nothing that there is, and of the caller's own. */
export interface ForeignRequest {
  readonly foreign: BuiltRequest;
  readonly unknown: BuiltRequest;
  readonly own: BuiltRequest;
}

/**
 * Requests of an operation in which at least one id is of the other organisation: all of them, and each alone with the
 * caller's own in the other places.
 * @param valuesMax ids of each kind that are tried: a kind has a few in every state
 */
export function foreignRequests(
  operation: ApiOperation,
  slots: readonly IdSlot[],
  known: { readonly foreign: KnownValues; readonly own: KnownValues },
  valuesMax: number,
): ForeignRequest[] {
  const required = slots.filter((slot) => slot.in === 'path');
  const patterns: Map<IdSlot, Owner>[] = [];
  if (required.length > 1) patterns.push(new Map(required.map((slot) => [slot, 'foreign'])));
  for (const slot of slots) {
    const others = required.filter((other) => other !== slot);
    patterns.push(new Map([...others.map((other) => [other, 'own'] as const), [slot, 'foreign']]));
  }
  return patterns.flatMap((pattern) => {
    const as = (owner: Owner) => new Map([...pattern].map(([slot, old]) => [slot, old === 'own' ? old : owner]));
    const builder = { operation, slots, own: known.own };
    const ownChoices = choices([...pattern.keys()], known.own, valuesMax);
    const alien = [...pattern.keys()].filter((slot) => pattern.get(slot) === 'foreign');
    const alienChoices = choices(alien, known.foreign, valuesMax);
    return Array.from({ length: Math.max(ownChoices.length, alienChoices.length) }, (_, turn) => {
      const ownChoice = ownChoices[turn % ownChoices.length] ?? new Map();
      const choice = new Map([...ownChoice, ...(alienChoices[turn % alienChoices.length] ?? [])]);
      return {
        foreign: build(builder, pattern, choice),
        unknown: build(builder, as('unknown'), choice),
        own: build(builder, as('own'), ownChoice),
      };
    });
  });
}

/** The values of each place for each request: ids that belong together stand together. */
function choices(places: readonly IdSlot[], source: KnownValues, valuesMax: number): Map<IdSlot, string>[] {
  const kinds = places.map(({ kind }) => knownKind(kind, source) ?? kind);
  const together = places.length > 1 ? source.together(kinds).slice(0, valuesMax) : [];
  if (together.length > 0) return together.map((row) => new Map(places.map((place, i) => [place, row[i] ?? ''])));
  const lists = kinds.map((kind) => source.of(kind).slice(0, valuesMax));
  const turns = Math.max(1, ...lists.map(({ length }) => length));
  const at = (list: readonly string[], turn: number) => list[turn % Math.max(1, list.length)] ?? randomUUID();
  return Array.from(
    { length: turns },
    (_, turn) => new Map(places.map((place, i) => [place, at(lists[i] ?? [], turn)])),
  );
}

function build(
  { operation, slots, own }: { operation: ApiOperation; slots: readonly IdSlot[]; own: KnownValues },
  pattern: ReadonlyMap<IdSlot, Owner>,
  choice: ReadonlyMap<IdSlot, string>,
): BuiltRequest {
  let address = withNeeded(operation, slots);
  let body = fresh(structuredClone(operation.body?.example));
  const taken = new Set(choice.values()); // two of a kind are two things
  for (const slot of slots) {
    // ids that the example makes up would be what is not found
    if (slot.in !== 'body' || pattern.has(slot) || valueAt(body, slot.path) === undefined) continue;
    const values = own.of(knownKind(slot.kind, own) ?? slot.kind);
    const value = values.find((one) => !taken.has(one)) ?? values[0];
    if (value === undefined) continue;
    taken.add(value);
    body = withField(body, slot.path, value);
  }
  const shape: string[] = [];
  const used: string[] = [];
  for (const [slot, owner] of pattern) {
    const real = choice.get(slot) ?? '';
    const value = owner === 'unknown' ? ofNothing(real) : real;
    if (slot.in === 'body') body = withField(body, slot.path, value);
    else address = withValue(address, slot.path[0] ?? '', value);
    used.push(value);
    shape.push(`${slot.path.join('.')}=${owner}`);
  }
  return { address, body, values: used, shape: shape.join(' ') };
}

/** The address with what the query must have beside ids. */
function withNeeded({ path, parameters }: ApiOperation, slots: readonly IdSlot[]): string {
  const names = new Set(slots.map((slot) => slot.path[0]));
  return parameters
    .filter((one) => one.in === 'query' && one.required && !names.has(one.name))
    .reduce((address, { name, schema }) => withValue(address, name, String(schema.enum?.[0] ?? 'Test')), path);
}

/** The value in this place of a body or an answer; undefined where it has no such place. */
export function valueAt(json: unknown, path: readonly string[]): unknown {
  return path.reduce((at: unknown, step: string) => {
    const key = step === '*' ? 0 : step;
    return typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined;
  }, json);
}

/** An id of the same form that nobody has ever been given. */
function ofNothing(real: string): string {
  if (/^[0-9a-f]{8}-/.test(real)) return randomUUID();
  return /^[0-9a-f]+$/.test(real) ? randomBytes(real.length / 2).toString('hex') : [...real].reverse().join('');
}

function fresh(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, UNIQUE[name]?.() ?? value]));
}

/** A copy of the body with a value in this place; lists get it as their first and only item. */
export function withField(body: unknown, path: readonly string[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (step === '*') {
    const list = Array.isArray(body) ? body : [];
    return [withField(list[0], rest, value), ...(rest.length === 0 ? [] : list.slice(1))];
  }
  const object = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  return {
    ...COMPANIONS[step],
    ...object,
    ...INSTEAD[step],
    [step]: withField((object as Record<string, unknown>)[step], rest, value),
  };
}
