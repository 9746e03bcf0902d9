import type { Engine, Identity } from '../../engine/index.ts';
import { limits } from '../../engine/limits.ts';
import { accept, type Outcome } from '../../engine/outcome.ts';
import { bearerSecret, sameOrganisation } from '../auth/bearer.ts';
import type { Identities } from '../auth/identities.ts';
import { authorise, type Permission } from '../auth/permissions.ts';
import type { Logger } from '../logging.ts';
import { type Admission, within } from './admission.ts';
import { type BodyReading, readJson } from './body.ts';
import type { HttpContext } from './context.ts';
import { once } from './idempotency.ts';
import { checkJson, checkShape } from './input.ts';
import { type Answer, type Call, decline, type Operation } from './operation.ts';

/** Bodies are small: a ballot of 4,096 characters, an election of 1,000 options. Credentials set their own bound. */
const BODY_MAX_BYTES = 256 * 1024;

export interface Performing {
  readonly engine: Engine;
  readonly identities: Identities;
  readonly admission: Admission;
  readonly logger: Logger;
  readonly requestTimeoutMs?: number;
}

async function identify(deps: Performing, c: HttpContext, permission: Permission): Promise<Outcome<Identity>> {
  const secret = bearerSecret(c.req.header('authorization'));
  if (!secret.ok) return secret;
  const known = await deps.identities.of(secret.value);
  if (!known.ok) return known;
  c.var.request.identity = known.value;
  const here = sameOrganisation(known.value, c.req.header('x-org-id'));
  if (!here.ok) return here;
  const allowed = authorise(known.value, permission);
  return allowed.ok ? accept(known.value) : allowed;
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
  const caller = op.permission === null ? accept(null) : await identify(deps, c, op.permission);
  if (!caller.ok) return caller;
  const address = { ...c.req.param(), ...queryOf(c) };
  const storable = checkJson(address);
  if (!storable.ok) return storable;
  const params = op.params === undefined ? accept(undefined) : checkShape(op.params, c.req.param());
  if (!params.ok) return params;
  const query = op.query === undefined ? accept(undefined) : checkShape(op.query, queryOf(c));
  if (!query.ok) return query;

  const call = { engine: deps.engine, identity: caller.value, params: params.value, query: query.value };
  const host = hostOf(c);
  if (op.body === undefined)
    return op.handle({ ...call, body: undefined, host } as Call<never, unknown, unknown, unknown>);

  const read = await readJson(c.req.raw, op.bodyMaxBytes ?? BODY_MAX_BYTES, reading);
  if (!read.ok) return read;
  const body = checkShape(op.body, read.value.json);
  if (!body.ok) return body;
  const work = () => op.handle({ ...call, body: body.value, host } as Call<never, unknown, unknown, unknown>);
  const key = c.req.header('idempotency-key');
  if (op.creates !== true || key === undefined || caller.value === null) return work();
  const { requestId } = c.var.request;
  const { orgId } = caller.value;
  const repeatable = { key, orgId, method: c.req.method, path: c.req.path, rawBody: read.value.raw, requestId };
  return once(deps.engine.idempotency, deps.logger, repeatable, work);
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
