import { getCookie } from 'hono/cookie';
import type { Caller, Engine } from '../../engine/index.ts';
import { limits } from '../../engine/limits.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';
import { bearerSecret } from '../auth/bearer.ts';
import type { Identities } from '../auth/identities.ts';
import {
  authorise,
  authorisePerson,
  PERSON_PERMISSIONS,
  type Permission,
  type PersonPermission,
} from '../auth/permissions.ts';
import type { Logger } from '../logging.ts';
import { type Admission, within } from './admission.ts';
import { type BodyReading, readFileBody, readJson } from './body.ts';
import type { HttpContext } from './context.ts';
import { once } from './idempotency.ts';
import { checkJson, checkShape } from './input.ts';
import { type Answer, type AnyPermission, type Call, decline, type Operation, type Origin } from './operation.ts';

/** Bodies are small: a ballot of 4,096 characters, an election of 1,000 options. Credentials set their own bound. */
const BODY_MAX_BYTES = 256 * 1024;

/** What a list of devices shows of a User-Agent. */
const USER_AGENT_MAX_CHARACTERS = 256;

const NOBODY: Caller = { identity: null, person: null };
const NO_PERSON = refuse('forbidden', 'This is for signed-in persons: sign in with your account.', {
  details: { role: 'person' },
});
const NO_ORGANISATION = refuse('forbidden', 'Name one of your organisations in X-Org-Id.', {
  details: { role: 'member', reason: 'no_organisation' },
});

export interface Performing {
  readonly engine: Engine;
  readonly identities: Identities;
  readonly admission: Admission;
  readonly logger: Logger;
  readonly requestTimeoutMs?: number;
}

async function identify(deps: Performing, c: HttpContext, permission: AnyPermission): Promise<Outcome<Caller>> {
  const secret = bearerSecret(c.req.header('authorization'));
  if (!secret.ok) return secret;
  const known = await deps.identities.of(secret.value, c.req.header('x-org-id'));
  if (!known.ok) return known;
  const { identity, person } = known.value;
  c.var.request.identity = identity;
  c.var.request.person = person;
  if (permission in PERSON_PERMISSIONS) {
    if (person === null) return NO_PERSON;
    const allowed = authorisePerson(person, permission as PersonPermission);
    return allowed.ok ? known : allowed;
  }
  if (identity === null) return NO_ORGANISATION;
  const allowed = authorise(identity, permission as Permission);
  return allowed.ok ? known : allowed;
}

/** Where a request comes from: the connection's other end, whom a proxy in front would name. */
function originOf(c: HttpContext): Origin {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return {
    address: incoming?.socket?.remoteAddress ?? '',
    userAgent: (c.req.header('user-agent') ?? '').slice(0, USER_AGENT_MAX_CHARACTERS),
    header: (name) => c.req.header(name),
    cookie: (name) => getCookie(c, name),
  };
}

/** Query parameters; one that is given twice stays a list, which no schema of ours takes. */
function queryOf(c: HttpContext): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  );
}

function hostOf(c: HttpContext): string {
  const url = URL.parse(c.req.url);
  return url === null || url.hostname === '' ? 'localhost' : url.hostname;
}

async function carryOut(op: Operation, c: HttpContext, deps: Performing, reading: BodyReading): Promise<Answer> {
  const caller = op.permission === null ? accept(NOBODY) : await identify(deps, c, op.permission);
  if (!caller.ok) return caller;
  const address = { ...c.req.param(), ...queryOf(c) };
  const storable = checkJson(address);
  if (!storable.ok) return storable;
  const params = op.params === undefined ? accept(undefined) : checkShape(op.params, c.req.param());
  if (!params.ok) return params;
  const query = op.query === undefined ? accept(undefined) : checkShape(op.query, queryOf(c));
  if (!query.ok) return query;

  const call = {
    engine: deps.engine,
    ...caller.value,
    params: params.value,
    query: query.value,
    body: undefined,
    file: null,
    host: hostOf(c),
    origin: originOf(c),
  };
  const handle = (more: object) => op.handle({ ...call, ...more } as Call<never, unknown, unknown, unknown>);
  if (op.file !== undefined) {
    const file = await readFileBody(c.req.raw, op.file, reading);
    return file.ok ? repeatable(op, c, deps, caller.value, file.value.bytes, () => handle({ file: file.value })) : file;
  }
  if (op.body === undefined || (op.bodyOptional === true && c.req.raw.body === null)) return handle({});
  const read = await readJson(c.req.raw, op.bodyMaxBytes ?? BODY_MAX_BYTES, reading);
  if (!read.ok) return read;
  const body = checkShape(op.body, read.value.json);
  if (!body.ok) return body;
  return repeatable(op, c, deps, caller.value, read.value.raw, () => handle({ body: body.value }));
}

/** Once for one Idempotency-Key, where the operation creates something in an organisation and the caller sent a key. */
function repeatable(
  op: Operation,
  c: HttpContext,
  deps: Performing,
  caller: Caller,
  rawBody: Uint8Array,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const key = c.req.header('idempotency-key');
  if (op.creates !== true || key === undefined || caller.identity === null) return work();
  const { requestId } = c.var.request;
  const { orgId } = caller.identity;
  const request = { key, orgId, method: c.req.method, path: c.req.path, rawBody, requestId };
  return once(deps.engine.idempotency, deps.logger, request, work);
}

function tooLate(op: Operation, reading: BodyReading): Answer {
  if (reading.stop !== null) {
    reading.stop(); // or its room would stay taken for as long as the sender likes
    return decline('body_too_slow', 'The body did not arrive in time. Send the request again.');
  }
  if (op.method === 'get') return decline('database_away', 'Reading took too long. Send the request again.');
  return decline('outcome_unknown', 'The answer took too long and may be lost. Send the same request again.');
}

/**
 * Carries one operation out: who calls, may they, is the input right, do it, in the time that a request has.
 * Never throws: what throws inside is a bug, logged with its stack and answered without it.
 */
export async function perform(op: Operation, c: HttpContext, deps: Performing): Promise<Answer> {
  const { request } = c.var;
  request.path = op.path;
  const reading: BodyReading = { stop: null };
  const guarded = async (): Promise<Answer> => {
    try {
      return await carryOut(op, c, deps, reading);
    } catch (error) {
      deps.logger.error({ err: error, request_id: request.requestId, path: op.path }, 'a request failed by a bug');
      return decline('bug', 'Something went wrong on our side. Report the request_id if it happens again.');
    }
  };
  const timeoutMs = deps.requestTimeoutMs ?? limits.requestTimeoutMs;
  const timed = (work: Promise<Answer>) => within(timeoutMs, work, () => tooLate(op, reading));
  return op.alwaysAdmitted === true ? timed(guarded()) : timed(deps.admission.admit(guarded));
}
