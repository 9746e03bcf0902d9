import { type AnyFailure, toHttpError } from '../errors.ts';
import type { HttpContext } from './context.ts';
import type { Answer, Operation, Reply } from './operation.ts';

/** Strong or weak, alone, in a list, or any: what the caller holds is compared as it was given to it. */
function holds(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((held) => held.trim() === '*' || held.trim().replace(/^W\//, '') === etag);
}

/** The answer to a failure, in the shape that all errors have. */
export function respondFailure(c: HttpContext, failure: AnyFailure): Response {
  const { status, headers, body } = toHttpError(failure, c.var.request.requestId, new Date());
  const answer = Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } });
  // The rest of the body was not read: the connection cannot carry another request.
  if (failure.kind === 'body_too_large' || failure.kind === 'body_too_slow') answer.headers.set('connection', 'close');
  return answer;
}

function respondReply(c: HttpContext, op: Operation, reply: Reply): Response {
  const headers = new Headers(reply.headers);
  if (op.immutable === true) headers.set('cache-control', 'public, max-age=31536000, immutable');
  else if (op.cacheSeconds !== undefined) headers.set('cache-control', `public, max-age=${op.cacheSeconds}`);
  else {
    headers.set('cache-control', op.secret === true ? 'no-store' : 'private, no-cache');
    // for countdowns of clients whose clocks are wrong; a header, since it goes with a 304 as well
    headers.set('x-server-time', new Date().toISOString());
  }
  if (op.anyOrigin === true) headers.set('access-control-allow-origin', '*');
  if (reply.etag !== undefined) {
    const etag = `"${reply.etag}"`;
    headers.set('etag', etag);
    if (holds(c.req.header('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  }
  for (const cookie of reply.cookies ?? []) headers.append('set-cookie', cookie);
  if (reply.bytes !== undefined) {
    headers.set('content-type', reply.bytes.type);
    return new Response(reply.bytes.content as Uint8Array<ArrayBuffer>, { status: reply.status, headers });
  }
  if (reply.text !== undefined) {
    headers.set('content-type', reply.text.type);
    return new Response(reply.text.content, { status: reply.status, headers });
  }
  if (reply.status === 204 || reply.body === undefined) return new Response(null, { status: reply.status, headers });
  return Response.json(reply.body, { status: reply.status, headers });
}

export function respond(c: HttpContext, op: Operation, answer: Answer): Response {
  return answer.ok ? respondReply(c, op, answer.value) : respondFailure(c, answer.failure);
}
