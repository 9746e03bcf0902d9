import { setTimeout as sleep } from 'node:timers/promises';
import { accept, type Identity, type Outcome, refuse } from '../../../engine/index.ts';
import { authorise, permits } from '../../auth/permissions.ts';
import { CLOSE, type Connection } from '../connection.ts';
import type { Gate } from '../gate.ts';
import { operation } from './operation.ts';

interface Secrets {
  readonly ticket?: string | undefined;
  readonly api_key?: string | undefined;
}

/** A revocation that was on its way is waited for, and the key asked for once more. */
const REVOKED_AGAIN_MS = 150;

const CHANGED = refuse('unauthenticated', 'Your access has just changed. Ask for a new ticket.', {
  details: { reason: 'revoked' },
});

/** Who is calling, read after this began; whoever was revoked meanwhile is refused. */
async function identifyNow(gate: Gate, secrets: Secrets): Promise<Outcome<Identity>> {
  const askedMs = performance.now();
  const known = await identify(gate, secrets);
  if (!known.ok || gate.access.stands(known.value, askedMs)) return known;
  if (secrets.api_key === undefined) return CHANGED;
  await sleep(REVOKED_AGAIN_MS);
  const againMs = performance.now();
  const again = await identify(gate, secrets);
  return !again.ok || gate.access.stands(again.value, againMs) ? again : CHANGED;
}

async function identify(gate: Gate, { ticket, api_key: apiKey }: Secrets): Promise<Outcome<Identity>> {
  const known =
    ticket === undefined ? await keyHolder(gate, apiKey ?? '') : await gate.engine.accounts.redeemSocketTicket(ticket);
  if (!known.ok) return known;
  const allowed = authorise(known.value, 'sockets.connect');
  return allowed.ok ? known : allowed;
}

async function keyHolder(gate: Gate, apiKey: string): Promise<Outcome<Identity>> {
  const known = await gate.identities.fresh(apiKey);
  if (!known.ok) return known;
  const { identity } = known.value;
  if (identity?.kind === 'api_key') return accept(identity);
  return refuse('unauthenticated', 'This is no API key. With a session or access token, ask for a ticket first.', {
    details: { reason: 'unknown' },
  });
}

function welcome(gate: Gate, connection: Connection, identity: Identity): string {
  const { framesPerSecondAttendee, framesPerSecondMachine, pingSeconds, requestsInWork } = gate.limits;
  connection.identity = identity;
  gate.access.join(connection);
  connection.mayCast = permits(identity, 'ballots.cast');
  connection.mayMove = permits(identity, 'coins.move');
  connection.framesMax = identity.kind === 'api_key' ? framesPerSecondMachine : framesPerSecondAttendee;
  return JSON.stringify({
    org_id: identity.orgId,
    roles: identity.roles,
    meeting_id: identity.meetingId,
    heartbeat_ms: pingSeconds * 1_000,
    server_time: new Date().toISOString(),
    max_in_work: requestsInWork,
  }).slice(1, -1);
}

function logHello(gate: Gate, connection: Connection, code: string, startedAtMs: number): void {
  gate.logger.info({
    request_id: `socket-${connection.number}`,
    correlation_id: `socket-${connection.number}`,
    org_id: connection.identity?.orgId ?? null,
    path: 'socket hello',
    status: code,
    latency_ms: Math.round((performance.now() - startedAtMs) * 10) / 10,
    token_hash_prefix: connection.identity?.tokenHashPrefix ?? null,
  });
}

/** Whoever is not known after the first hello is told why and sent away; a new connection may try again. */
export const hello = operation('hello', async (gate, connection, frame) => {
  if (connection.greeting || connection.identity !== undefined) {
    const message = 'You have said hello on this connection already. Open another one to be somebody else.';
    gate.refuse(connection, frame.id, { kind: 'conflict', message });
    return;
  }
  const startedAtMs = performance.now();
  connection.greeting = true;
  gate.begin(connection);
  const known = await identifyNow(gate, frame).finally(() => gate.end(connection));
  if (connection.socket === undefined) return;
  if (known.ok) {
    gate.reply(connection, frame.id, welcome(gate, connection, known.value));
    logHello(gate, connection, 'ok', startedAtMs);
    return;
  }
  gate.refuse(connection, frame.id, known.failure);
  logHello(gate, connection, known.failure.kind, startedAtMs);
  const away = known.failure.kind === 'database_away' || known.failure.kind === 'overloaded';
  gate.dismiss(connection, away ? CLOSE.tryLater : CLOSE.policy, 'hello refused');
});
