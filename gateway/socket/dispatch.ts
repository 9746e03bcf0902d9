import type { z } from 'zod';
import { actAs } from '../../engine/index.ts';
import { actorOfIdentity } from '../auth/actor.ts';
import { checkShape } from '../http/input.ts';
import { isPlainCast } from './cast-frame.ts';
import { CLOSE, type Connection } from './connection.ts';
import type { Gate } from './gate.ts';
import { castBallot } from './operations/cast.ts';
import { operations } from './operations/index.ts';
import type { SocketOperation } from './operations/operation.ts';
import { idOf } from './replies.ts';

const OPERATIONS = Object.keys(operations).join(', ');

/** Takes one frame from a connection to its operation. Never throws, whatever the frame. */
export function dispatch(gate: Gate, connection: Connection, data: ArrayBuffer, isBinary: boolean): void {
  gate.frames += 1;
  if (isBinary) {
    unreadable(gate, connection, 'Frames are text, not binary.');
    return;
  }
  let frame: unknown;
  try {
    frame = JSON.parse(Buffer.from(data).toString());
  } catch {
    unreadable(gate, connection, 'This frame is not JSON. Check its brackets and quotes.');
    return;
  }
  connection.unreadable = 0;
  if (!admits(gate, connection, frame)) return;
  if (connection.identity !== undefined && isPlainCast(frame)) castBallot(gate, connection, frame);
  else carryOut(gate, connection, frame);
}

function unreadable(gate: Gate, connection: Connection, message: string): void {
  connection.unreadable += 1;
  gate.refuse(connection, null, { kind: 'not_json', message });
  if (connection.unreadable >= gate.limits.unreadableFrames) {
    gate.dismiss(connection, CLOSE.unsupported, 'too many unreadable frames');
  }
}

/** Bounds first: whoever is over one is told when to come again, and nothing is begun. */
function admits(gate: Gate, connection: Connection, frame: unknown): boolean {
  if (connection.second !== gate.second) {
    connection.second = gate.second;
    connection.frames = 0;
  }
  connection.frames += 1;
  if (connection.frames > connection.framesMax) {
    const message = `At most ${connection.framesMax} frames a second on this connection.`;
    gate.refuse(connection, idOf(frame), { kind: 'rate_limited', message, retryAfterMs: 1_000 * Math.random() });
    return false;
  }
  if (gate.draining) {
    const message = 'This gateway is stopping; nothing was begun. Connect again and repeat the request.';
    gate.refuse(connection, idOf(frame), gate.overloaded(message));
    return false;
  }
  if (connection.inWork >= gate.limits.requestsInWork) {
    const message = `At most ${gate.limits.requestsInWork} requests in work on one connection; nothing was begun.`;
    gate.refuse(connection, idOf(frame), gate.overloaded(message));
    return false;
  }
  return true;
}

function operationOf(frame: unknown): SocketOperation | undefined {
  if (typeof frame !== 'object' || frame === null || !Object.hasOwn(frame, 'op')) return undefined;
  const { op } = frame as { readonly op: unknown };
  return typeof op === 'string' && Object.hasOwn(operations, op)
    ? operations[op as keyof typeof operations]
    : undefined;
}

function carryOut(gate: Gate, connection: Connection, frame: unknown): void {
  const id = idOf(frame);
  const operation = operationOf(frame);
  if (operation === undefined) {
    const fields = [{ path: 'op', problem: `is none of ${OPERATIONS}` }] as const;
    const message = `The request is malformed: op is none of ${OPERATIONS}.`;
    gate.refuse(connection, id, { kind: 'invalid_input', message, details: { fields } });
    return;
  }
  if (connection.identity === undefined && operation.name !== 'hello') {
    const message = 'Say hello first, with a ticket or an API key, and wait for the answer.';
    gate.refuse(connection, id, { kind: 'unauthenticated', message, details: { reason: 'missing' } });
    if (!connection.greeting) gate.dismiss(connection, CLOSE.policy, 'hello expected');
    return;
  }
  const checked = checkShape(operation.schema as z.ZodType, frame);
  if (!checked.ok) {
    gate.refuse(connection, id, checked.failure);
    return;
  }
  const { identity, place } = connection;
  const actor = identity === undefined ? 'anonymous' : actorOfIdentity(identity);
  const acting = { actor, origin: place.address, requestId: id === null ? '' : String(id) };
  const done = actAs(acting, () => operation.handle(gate, connection, checked.value as never));
  if (done instanceof Promise) done.catch((error: unknown) => gate.bug(connection, id, operation.name, error));
}
