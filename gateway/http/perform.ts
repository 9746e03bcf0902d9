import { getCookie } from 'hono/cookie';
import { actAs, type Caller, type Engine } from '../../engine/index.ts';
import { limits } from '../../engine/limits.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';
import { actorOf } from '../auth/actor.ts';
import { bearerSecret } from '../auth/bearer.ts';
import type { AddressReader } from '../auth/client-address.ts';
import type { Identities } from '../auth/identities.ts';
import {
  authorise,
  authorisePerson,
  PERSON_PERMISSIONS,
  type Permission,
  type PersonPermission,
} from '../auth/permissions.ts';
import type { RateLimits } from '../auth/rate-limits.ts';
import { callerOfSignature, signatureOf } from '../auth/signed-request.ts';
import type { Logger } from '../logging.ts';
import { type Admission, within } from './admission.ts';
import { type BodyReading, hasBody, readBytes, readFileBody, readJson } from './body.ts';
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
  readonly rateLimits: RateLimits;
  readonly addressOf: AddressReader;
  readonly logger: Logger;
  readonly requestTimeoutMs?: number;
}

/** Whose the secret of the request is, or who signed it. */
async function callerOf(
  op: Operation,
  c: HttpContext,
  deps: Performing,
  reading: BodyReading,
): Promise<Outcome<Caller>> {
  const orgId = c.req.header('x-org-id');
  const signature = signatureOf((name) => c.req.header(name));
  if (signature !== null) {
    if (!signature.ok) return signature;
    // what was signed includes the body: it is read first, and read again from memory by whoever wants it
    const read = await readBytes(c.req.raw, maxBytesOf(op), reading);
    if (!read.ok) return read as Outcome<never>;
    const { method, url } = c.req;
    if (read.value.byteLength > 0) {
      c.req.raw = new Request(url, { method, headers: c.req.raw.headers, body: read.value as Uint8Array<ArrayBuffer> });
    }
    return callerOfSignature(deps.engine.apiKeys, signature.value, { method, url, body: read.value, orgId });
  }
  const secret = bearerSecret(c.req.header('authorization'));
  if (!secret.ok) return secret;
  return op.fresh === true ? deps.identities.fresh(secret.value, orgId) : deps.identities.of(secret.value, orgId);
}

async function identify(
  op: Operation,
  c: HttpContext,
  deps: Performing,
  reading: BodyReading,
): Promise<Outcome<Caller>> {
  const permission = op.permission as AnyPermission;
  const known = await callerOf(op, c, deps, reading);
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

/** Where a request comes from: the connection's other end, or whom a proxy names that is trusted to. */
function originOf(c: HttpContext, addressOf: AddressReader): Origin {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return {
    address: addressOf(incoming?.socket?.remoteAddress ?? '', c.req.header('x-forwarded-for')),
    userAgent: (c.req.header('user-agent') ?? '').slice(0, USER_AGENT_MAX_CHARACTERS),
    header: (name) => c.req.header(name),
    cookie: (name) => getCookie(c, name),
  };
}

function maxBytesOf(op: Operation): number {
  return op.file?.maxBytes ?? op.bodyMaxBytes ?? BODY_MAX_BYTES;
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
  const origin = originOf(c, deps.addressOf);
  const caller = op.permission === null ? accept(NOBODY) : await identify(op, c, deps, reading);
  const asking = { address: origin.address, identity: c.var.request.identity, person: c.var.request.person };
  if (op.alwaysAdmitted !== true) {
    const admitted = await deps.rateLimits.admit(asking);
    if (!admitted.ok) return admitted;
    c.var.request.rateLimit = admitted.value;
  }
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
    origin,
  };
  const handle = (more: { body?: unknown; file?: unknown }): Promise<Answer> => {
    const acting = {
      actor: actorOf(caller.value, op.permission),
      origin: origin.address,
      requestId: c.var.request.requestId,
    };
    const work = () => actAs(acting, () => op.handle({ ...call, ...more } as Call<never, unknown, unknown, unknown>));
    if (op.limit === undefined) return work();
    return deps.rateLimits.attempt(op.limit, { ...asking, body: more.body }, work);
  };
  if (op.file !== undefined) {
    const file = await readFileBody(c.req.raw, op.file, reading);
    return file.ok ? repeatable(op, c, deps, caller.value, file.value.bytes, () => handle({ file: file.value })) : file;
  }
  if (op.body === undefined || (op.bodyOptional === true && !hasBody(c.req.raw))) return handle({});
  const read = await readJson(c.req.raw, maxBytesOf(op), reading);
  if (!read.ok) return read;
  const body = checkShape(op.body, read.value.json);
  if (!body.ok) return body;
  return repeatable(op, c, deps, caller.value, read.value.raw, () => handle({ body: body.value }));
}

/** Once for one Idempotency-Key, where the operation creates something and the caller sent a key. */
function repeatable(
  op: Operation,
  c: HttpContext,
  deps: Performing,
  caller: Caller,
  rawBody: Uint8Array,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const key = c.req.header('idempotency-key');
  // what a person makes is kept by the account: the organisation of the session may be another one at the repeat
  const ofPerson = op.permission !== null && op.permission in PERSON_PERMISSIONS;
  const orgId = ofPerson ? caller.person?.accountId : caller.identity?.orgId;
  if (op.creates !== true || key === undefined || orgId === undefined) return work();
  const { requestId } = c.var.request;
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
  const timeoutMs = op.timeoutMs ?? deps.requestTimeoutMs ?? limits.requestTimeoutMs;
  const timed = (work: Promise<Answer>) => within(timeoutMs, work, () => tooLate(op, reading));
  return op.alwaysAdmitted === true ? timed(guarded()) : timed(deps.admission.admit(guarded));
}
