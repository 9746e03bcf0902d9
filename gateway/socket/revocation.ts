import { type Engine, type Identity, idsOf, type Revocation } from '../../engine/index.ts';
import { ACCESS_ENDED } from '../../protocol/subprotocol.ts';
import type { Identities } from '../auth/identities.ts';
import { CLOSE, type Connection } from './connection.ts';

/** How late a socket may outlive its secret. */
const TICK_MS = 250;
/** Longer than any hello takes. */
const REMEMBERED_MS = 15_000;
/** A row of the log carries a time that is a little before its commit; a look-up in between still knew the old. */
const COMMIT_MS = 100;
const SECOND_MS = 1_000;

export interface AccessWatchParts {
  readonly revocations: Engine['revocations'];
  readonly identities: Identities;
  /** ends a connection after what it still has to be told */
  readonly dismiss: (connection: Connection, code: number, reason: string) => void;
}

/**
 * Closes sockets whose access has ended: revoked, wherever that was done, or past its time. Both are found by id and by
 * second, so that thousands of idle sockets cost nothing.
 */
export class AccessWatch {
  readonly #parts: AccessWatchParts;
  /** key, attendee, member or session -> its sockets; one socket stands for itself, since most have no second */
  readonly #byId = new Map<string, Connection | Set<Connection>>();
  /** second since 1970 -> sockets whose access ends in it */
  readonly #ending = new Map<number, Set<Connection>>();
  /** id -> performance.now() of its last revocation; for hellos that were on their way */
  readonly #revoked = new Map<string, number>();
  readonly #stopListening: () => void;
  readonly #timer: NodeJS.Timeout;
  #second = Math.floor(Date.now() / SECOND_MS);

  constructor(parts: AccessWatchParts) {
    this.#parts = parts;
    this.#stopListening = parts.revocations.listen((revocations) => {
      for (const revocation of revocations) this.#revoke(revocation);
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** False where this caller was revoked after the look-up that began at `askedMs` (performance.now) may have read it. */
  stands(identity: Identity, askedMs: number): boolean {
    return idsOf({ identity, person: null }).every(
      (id) => (this.#revoked.get(id) ?? Number.NEGATIVE_INFINITY) < askedMs - COMMIT_MS,
    );
  }

  /** From now on the connection ends when its identity's access does. */
  join(connection: Connection): void {
    const { identity } = connection;
    if (identity === undefined) return;
    for (const id of idsOf({ identity, person: null })) {
      const present = this.#byId.get(id);
      if (present === undefined) this.#byId.set(id, connection);
      else if (present instanceof Set) present.add(connection);
      else this.#byId.set(id, new Set([present, connection]));
    }
    if (identity.expiresAtMs !== null) this.#endAt(connection, identity.expiresAtMs);
  }

  leave(connection: Connection): void {
    const { identity } = connection;
    if (identity === undefined) return;
    for (const id of idsOf({ identity, person: null })) {
      const present = this.#byId.get(id);
      if (present === connection) this.#byId.delete(id);
      else if (present instanceof Set && present.delete(connection) && present.size === 0) this.#byId.delete(id);
    }
    this.#forgetEnd(connection);
  }

  stop(): void {
    this.#stopListening();
    clearInterval(this.#timer);
  }

  #revoke({ id, orgId, endsAtMs, atMs }: Revocation): void {
    this.#parts.identities.forget(id);
    this.#revoked.delete(id); // so that the order of the map is the order of time
    this.#revoked.set(id, atMs);
    const present = this.#byId.get(id);
    if (present === undefined) return;
    for (const connection of present instanceof Set ? [...present] : [present]) {
      if (connection.identity?.orgId !== orgId) continue;
      if (endsAtMs === null || endsAtMs <= Date.now()) this.#dismiss(connection);
      else if (endsAtMs < connection.endsAtMs) this.#endAt(connection, endsAtMs);
    }
  }

  #endAt(connection: Connection, endsAtMs: number): void {
    this.#forgetEnd(connection);
    connection.endsAtMs = endsAtMs;
    const second = Math.max(this.#second, Math.floor(endsAtMs / SECOND_MS));
    connection.endsInSecond = second;
    this.#ending.set(second, (this.#ending.get(second) ?? new Set()).add(connection));
  }

  #forgetEnd(connection: Connection): void {
    const together = this.#ending.get(connection.endsInSecond);
    together?.delete(connection);
    if (together?.size === 0) this.#ending.delete(connection.endsInSecond);
  }

  #tick(): void {
    const nowMs = Date.now();
    const second = Math.floor(nowMs / SECOND_MS);
    // after a stall, or a clock that was set, several seconds are due; none is skipped
    for (let due = this.#second; due <= second; due += 1) {
      for (const connection of this.#ending.get(due) ?? []) {
        if (connection.endsAtMs <= nowMs) this.#dismiss(connection);
      }
    }
    this.#second = Math.max(this.#second, second);
    const before = performance.now() - REMEMBERED_MS;
    for (const [id, atMs] of this.#revoked) {
      if (atMs > before) break;
      this.#revoked.delete(id);
    }
  }

  #dismiss(connection: Connection): void {
    this.leave(connection);
    this.#parts.dismiss(connection, CLOSE.policy, ACCESS_ENDED);
  }
}
