import type { z } from 'zod';
import type { Engine, Identity } from '../../engine/index.ts';
import type { FailureKind } from '../../engine/outcome.ts';
import type { Permission } from '../auth/permissions.ts';
import type { AnyFailure } from '../errors.ts';

/** A successful answer. `body` is sent as JSON; `text` as it is, with its media type. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: { readonly type: string; readonly content: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** GET only: what the answer is made of; the same again is answered 304 */
  readonly etag?: string;
}

export type Answer =
  | { readonly ok: true; readonly value: Reply }
  | { readonly ok: false; readonly failure: AnyFailure };

/** What a handler is given: checked input and, where the operation needs a permission, who is calling. */
export interface Call<Access, Params, Query, Body> {
  readonly engine: Engine;
  readonly identity: Access extends null ? null : Identity;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** the host name by which the caller reached this gateway, e.g. 'localhost' */
  readonly host: string;
}

interface Described {
  readonly description: string;
  /** JSON answers */
  readonly schema?: z.ZodType;
  /** answers that are no JSON */
  readonly mediaType?: string;
}

/** One operation over HTTP: its document and its handler in one place. */
export interface Operation<
  Access extends Permission | null = Permission | null,
  Params = unknown,
  Query = unknown,
  Body = unknown,
> {
  readonly id: string;
  readonly method: 'get' | 'post';
  /** OpenAPI form, e.g. /v1/elections/{election_id} */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** null: open to everyone */
  readonly permission: Access;
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  readonly bodyMaxBytes?: number;
  /** takes Idempotency-Key */
  readonly creates?: true;
  /** the answer is a secret: Cache-Control: no-store */
  readonly secret?: true;
  /** answers even when everything else is full */
  readonly alwaysAdmitted?: true;
  readonly success: Readonly<Record<number, Described>>;
  /** failures beyond those that every operation of its kind can have */
  readonly failures: readonly FailureKind[];
  handle(call: Call<Access, Params, Query, Body>): Promise<Answer>;
}

/** Lets TypeScript infer the input's types; the gateway holds operations of all kinds in one list. */
export function operation<Access extends Permission | null, Params = undefined, Query = undefined, Body = undefined>(
  definition: Operation<Access, Params, Query, Body>,
): Operation {
  return definition as unknown as Operation;
}

/** A reply, from an outcome of the engine. */
export function replyWith<T>(
  outcome: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: AnyFailure },
  reply: (value: T) => Reply,
): Answer {
  return outcome.ok ? { ok: true, value: reply(outcome.value) } : outcome;
}

export function decline(
  kind: AnyFailure['kind'],
  message: string,
  details?: Readonly<Record<string, unknown>>,
): Answer {
  return { ok: false, failure: { kind, message, ...(details === undefined ? {} : { details }) } };
}
