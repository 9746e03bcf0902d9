import type { z } from 'zod';
import type { Engine, Identity, Person } from '../../engine/index.ts';
import type { FailureDetails, FailureKind } from '../../engine/outcome.ts';
import type { LimitName } from '../auth/attempt-limits.ts';
import type { Permission, PersonPermission } from '../auth/permissions.ts';
import type { AnyFailure } from '../errors.ts';

/** A successful answer. `body` is sent as JSON; `text` and `bytes` as they are, with their media type. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: { readonly type: string; readonly content: string };
  /** files: pictures, PDF */
  readonly bytes?: { readonly type: string; readonly content: Uint8Array };
  readonly headers?: Readonly<Record<string, string>>;
  /** whole Set-Cookie lines */
  readonly cookies?: readonly string[];
  /** GET only: what the answer is made of; the same again is answered 304 */
  readonly etag?: string;
}

export type Answer =
  | { readonly ok: true; readonly value: Reply }
  | { readonly ok: false; readonly failure: AnyFailure };

/** Any row of the permission tables. */
export type AnyPermission = Permission | PersonPermission;

/** Where a request comes from. */
export interface Origin {
  /** the caller's network address, as the proxy in front of us names it where one is trusted */
  readonly address: string;
  /** User-Agent, cut to what a list of devices shows; '' without */
  readonly userAgent: string;
  /** a header by its lower-case name */
  header(name: string): string | undefined;
  cookie(name: string): string | undefined;
}

export interface UploadedFile {
  readonly bytes: Uint8Array;
  /** without parameters, in small letters, e.g. 'text/csv' */
  readonly mediaType: string;
}

/** What a handler is given: checked input and, where the operation needs a permission, who is calling. */
export interface Call<Access, Params, Query, Body> {
  readonly engine: Engine;
  /** where the permission is one of an organisation */
  readonly identity: Access extends Permission ? Identity : null;
  /** where the permission is one of a person */
  readonly person: Access extends PersonPermission ? Person : null;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** where the operation takes a file instead of a body */
  readonly file: UploadedFile | null;
  /** the host name by which the caller reached this gateway, e.g. 'localhost' */
  readonly host: string;
  readonly origin: Origin;
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
  Access extends AnyPermission | null = AnyPermission | null,
  Params = unknown,
  Query = unknown,
  Body = unknown,
> {
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
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
  /** a request without a body is fine too; the handler gets undefined */
  readonly bodyOptional?: true;
  /** instead of a JSON body: a file, given to the handler as it came */
  readonly file?: { readonly mediaTypes: readonly string[]; readonly maxBytes: number; readonly description: string };
  /** takes Idempotency-Key */
  readonly creates?: true;
  /** takes Idempotency-Key and carries the act out once by itself: what it writes is named by the key */
  readonly namedByKey?: true;
  /** the answer is a secret: Cache-Control: no-store */
  readonly secret?: true;
  /** attempts are counted by this row of gateway/auth/attempt-limits.ts, beside the limits that all requests have */
  readonly limit?: LimitName;
  /** who is calling is asked of the engine anew, not of what was known a moment ago */
  readonly fresh?: true;
  /** what one address answers never changes: caches may keep it for a year */
  readonly immutable?: true;
  /** caches of anybody may keep the answer for so long: it is the same for everybody */
  readonly cacheSeconds?: number;
  /** pages of every origin may read the answer; never with what belongs to a caller */
  readonly anyOrigin?: true;
  /** may take longer than other requests: so many milliseconds until it is answered that the outcome is not known */
  readonly timeoutMs?: number;
  /** answers even when everything else is full */
  readonly alwaysAdmitted?: true;
  readonly success: Readonly<Record<number, Described>>;
  /** failures beyond those that every operation of its kind can have */
  readonly failures: readonly FailureKind[];
  handle(call: Call<Access, Params, Query, Body>): Promise<Answer>;
}

/** Lets TypeScript infer the input's types; the gateway holds operations of all kinds in one list. */
export function operation<Access extends AnyPermission | null, Params = undefined, Query = undefined, Body = undefined>(
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

export function decline(kind: AnyFailure['kind'], message: string, details?: FailureDetails): Answer {
  return { ok: false, failure: { kind, message, ...(details === undefined ? {} : { details }) } };
}
