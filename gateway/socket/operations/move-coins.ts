import { randomUUID } from 'node:crypto';
import type { CoinReceipt, Identity, Outcome } from '../../../engine/index.ts';
import type { RequestId } from '../../../protocol/frames/request-id.ts';
import { authorise } from '../../auth/permissions.ts';
import { moveOwnCoins } from '../../auth/purse.ts';
import type { Connection } from '../connection.ts';
import type { Gate } from '../gate.ts';

/** What allocate, reallocate and withdraw are, each in its own words. */
interface Move {
  readonly id: RequestId;
  readonly op: 'allocate' | 'reallocate' | 'withdraw';
  readonly campaignId: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly amount: number;
  readonly requestId: string | undefined;
}

/** A hot path, as the casting of ballots: as few objects as can be between the frame and the engine. Never throws. */
export function moveCoins(gate: Gate, connection: Connection, move: Move): void {
  const identity = connection.identity as Identity;
  const { id, op, campaignId, from, to, amount } = move;
  if (!connection.mayMove) {
    const refused = authorise(identity, 'coins.move');
    if (!refused.ok) gate.refuse(connection, id, refused.failure);
    return;
  }
  gate.begin(connection);
  const requestId = move.requestId ?? randomUUID();
  moveOwnCoins(gate.engine, identity, { campaignId, requestId, from, to, amount }).then(
    (outcome) => answer(gate, connection, id, outcome),
    (error: unknown) => {
      gate.end(connection);
      gate.bug(connection, id, op, error);
    },
  );
}

function answer(gate: Gate, connection: Connection, id: RequestId, outcome: Outcome<CoinReceipt>): void {
  gate.end(connection);
  if (!outcome.ok) {
    gate.refuse(connection, id, outcome.failure);
    return;
  }
  gate.moves += 1;
  const { requestId, available, allocated, expended, placed } = outcome.value;
  const lying = placed.map(({ ideaId, amount }) => `{"idea_id":"${ideaId}","amount":${amount}}`).join();
  gate.reply(
    connection,
    id,
    `"request_id":"${requestId}","available_coins":${available},"allocated_coins":${allocated},` +
      `"expended_coins":${expended},"allocations":[${lying}]`,
  );
}
