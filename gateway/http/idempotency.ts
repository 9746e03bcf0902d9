import { createHash } from 'node:crypto';
import type { Engine } from '../../engine/index.ts';
import type { Failure } from '../../engine/outcome.ts';
import type { ErrorBody } from '../../protocol/errors.ts';
import { isPassing, toHttpError } from '../errors.ts';
import type { Logger } from '../logging.ts';
import type { Answer } from './operation.ts';
import { decline } from './operation.ts';

const KEY = /^[\x21-\x7e]{1,128}$/;

export interface Repeatable {
  readonly key: string;
  readonly orgId: string;
  readonly method: string;
  /** the address without its query, ids included */
  readonly path: string;
  readonly rawBody: Uint8Array;
  readonly requestId: string;
}

function hashOf(request: Repeatable): Buffer {
  return createHash('sha256').update(`${request.method} ${request.path}\n`).update(request.rawBody).digest();
}

/** A kept answer is given as it was, save that an error carries the id of the request it answers now. */
function again(status: number, body: unknown, requestId: string): Answer {
  const isError = typeof body === 'object' && body !== null && 'error_code' in body;
  const now: unknown = isError ? { ...(body as ErrorBody), request_id: requestId } : body;
  return { ok: true, value: { status, body: now, headers: { 'idempotency-replayed': 'true' } } };
}

/** Clients retry 429, not 409: a repeat that comes while the first is in work should come again, not give up. */
function stillRunning(failure: Failure): Answer | null {
  if (failure.details?.reason !== 'in_progress') return null;
  return { ok: false, failure: { ...failure, kind: 'rate_limited' } };
}

/**
 * Carries `work` out once for one Idempotency-Key: the first answer is kept for a day and given again. Another body
 * under the same key is refused by the engine, and so is a repeat while the first is still in work. Answers that may
 * differ next time (5xx, busy, overloaded) are not kept.
 */
export async function once(
  idempotency: Engine['idempotency'],
  logger: Logger,
  request: Repeatable,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (!KEY.test(request.key)) {
    const fields = [
      { path: 'Idempotency-Key', problem: 'is not 1 to 128 printable characters without blanks' },
    ] as const;
    return decline('invalid_input', 'The header Idempotency-Key is malformed.', { fields });
  }
  const begun = await idempotency.begin(request.orgId, request.key, hashOf(request));
  if (!begun.ok) return stillRunning(begun.failure) ?? begun;
  if (!begun.value.run) return again(begun.value.status, begun.value.body, request.requestId);

  const settle = async (kept: Answer | null) => {
    if (kept === null || (!kept.ok && isPassing(kept.failure))) {
      await idempotency.abandon(request.orgId, request.key);
    } else if (kept.ok) {
      await idempotency.finish(request.orgId, request.key, kept.value.status, kept.value.body);
    } else {
      const { status, body } = toHttpError(kept.failure, request.requestId, new Date());
      await idempotency.finish(request.orgId, request.key, status, body);
    }
  };
  let answer: Answer | null = null;
  try {
    answer = await work();
    return answer;
  } finally {
    // The work is done, whether its answer could be kept or not: the caller hears of it in any case.
    await settle(answer).catch((error: unknown) => {
      logger.warn(
        { err: error, request_id: request.requestId },
        'the answer could not be kept for its Idempotency-Key',
      );
    });
  }
}
