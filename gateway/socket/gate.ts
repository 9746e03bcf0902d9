import { type Engine, limits as engineLimits } from '../../engine/index.ts';
import type { RequestId } from '../../protocol/frames/request-id.ts';
import type { Identities } from '../auth/identities.ts';
import type { AnyFailure } from '../errors.ts';
import type { Logger } from '../logging.ts';
import type { Connection } from './connection.ts';
import type { Fanout } from './fanout.ts';
import type { SocketLimits } from './limits.ts';
import type { Outbox } from './outbox.ts';
import { refusalText, replyText } from './replies.ts';
import { AccessWatch } from './revocation.ts';

export interface GateParts {
  readonly engine: Engine;
  readonly identities: Identities;
  readonly logger: Logger;
  readonly limits: SocketLimits;
  readonly outbox: Outbox;
  readonly fanout: Fanout;
}

/** What every operation of the socket shares: the engine, the way back to the client, and the count of work. */
export class Gate {
  readonly engine: Engine;
  readonly identities: Identities;
  readonly logger: Logger;
  readonly limits: SocketLimits;
  readonly outbox: Outbox;
  readonly fanout: Fanout;
  readonly access: AccessWatch;
  /** seconds since the start; one tick for all, since asking the time for each frame is not free */
  second = 1;
  draining = false;
  inWork = 0;
  frames = 0;
  casts = 0;
  /** acts of coins that were done */
  moves = 0;
  refused = 0;
  idle: (() => void) | undefined = undefined;

  constructor(parts: GateParts) {
    this.engine = parts.engine;
    this.identities = parts.identities;
    this.logger = parts.logger;
    this.limits = parts.limits;
    this.outbox = parts.outbox;
    this.fanout = parts.fanout;
    this.access = new AccessWatch({
      revocations: parts.engine.revocations,
      identities: parts.identities,
      dismiss: (connection, code, reason) => this.dismiss(connection, code, reason),
    });
  }

  /** @param fields JSON of the reply's own fields without braces */
  reply(connection: Connection, id: RequestId, fields: string): void {
    this.outbox.push(connection, replyText(id, fields));
  }

  refuse(connection: Connection, id: RequestId | null, failure: AnyFailure): void {
    this.refused += 1;
    connection.refused += 1;
    this.outbox.push(connection, refusalText(id, failure));
  }

  /** A request whose answer comes later starts. */
  begin(connection: Connection): void {
    connection.inWork += 1;
    this.inWork += 1;
  }

  /** … and has its answer. */
  end(connection: Connection): void {
    connection.inWork -= 1;
    this.inWork -= 1;
    if (this.inWork === 0) this.idle?.();
  }

  /** Answers what nobody foresaw, without a word of it; the log has it under the same id. */
  bug(connection: Connection, id: RequestId | null, op: string, error: unknown): void {
    const reportId = crypto.randomUUID();
    this.logger.error(
      {
        err: error,
        request_id: reportId,
        path: `socket ${op}`,
        org_id: connection.identity?.orgId ?? null,
        token_hash_prefix: connection.identity?.tokenHashPrefix ?? null,
      },
      'a socket request failed by a bug',
    );
    this.refuse(connection, id, {
      kind: 'bug',
      message: 'Something went wrong on our side. Report the request_id if it happens again.',
      details: { request_id: reportId },
    });
  }

  /** Why a request is not even begun; the caller may send it again. */
  overloaded(message: string): AnyFailure {
    const { overloadedRetryMinMs: least, overloadedRetryMaxMs: most } = engineLimits;
    return { kind: 'overloaded', message, retryAfterMs: least + Math.random() * (most - least) };
  }

  /** Sends what waits, then ends the connection. */
  dismiss(connection: Connection, code: number, reason: string): void {
    this.outbox.flush(connection);
    connection.socket?.end(code, reason);
  }
}
