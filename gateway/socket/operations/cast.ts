import type { CastReceipt, Identity, Outcome } from '../../../engine/index.ts';
import type { CastFrame } from '../../../protocol/frames/cast.ts';
import { authorise } from '../../auth/permissions.ts';
import { votingCredential } from '../../auth/voting-credential.ts';
import { queuedAsJson } from '../../errors.ts';
import type { Connection } from '../connection.ts';
import type { Gate } from '../gate.ts';
import { operation } from './operation.ts';

/** The hot path of the gateway: as few objects as can be between the frame and the engine. Never throws. */
export function castBallot(gate: Gate, connection: Connection, frame: CastFrame): void {
  const identity = connection.identity as Identity;
  if (!connection.mayCast) {
    const refused = authorise(identity, 'ballots.cast');
    if (!refused.ok) gate.refuse(connection, frame.id, refused.failure);
    return;
  }
  const { id } = frame;
  gate.begin(connection);
  const right = votingCredential(gate.engine, identity, frame.election, frame);
  // only a proxy that is not remembered is waited for
  const casting = right instanceof Promise ? right.then((known) => castWith(gate, identity, frame, known)) : undefined;
  (casting ?? castWith(gate, identity, frame, right as Outcome<string>)).then(
    (outcome) => answer(gate, connection, id, outcome),
    (error: unknown) => {
      gate.end(connection);
      gate.bug(connection, id, 'cast', error);
    },
  );
}

function castWith(
  gate: Gate,
  { orgId }: Identity,
  { election, ballot, cast_key: castKey }: CastFrame,
  credential: Outcome<string>,
): Promise<Outcome<CastReceipt>> {
  if (!credential.ok) return Promise.resolve(credential);
  return gate.engine.elections.cast(orgId, { electionId: election, credential: credential.value, ballot, castKey });
}

function answer(gate: Gate, connection: Connection, id: CastFrame['id'], outcome: Outcome<CastReceipt>): void {
  gate.end(connection);
  if (!outcome.ok) {
    gate.refuse(connection, id, outcome.failure);
    return;
  }
  gate.casts += 1;
  connection.casts += 1;
  const { queued, trackingCode } = outcome.value;
  if (queued === undefined) gate.reply(connection, id, `"tracking_code":"${trackingCode}"`);
  else {
    gate.reply(connection, id, `"queued":"${queued}"`);
    tellLater(gate, connection, queued, trackingCode);
  }
}

/** What became of a queued ballot goes to the connection that it came by, if that is still there. */
function tellLater(gate: Gate, connection: Connection, queued: string, trackingCode: string): void {
  gate.engine.elections.fallback?.onSettled(queued, (ballot) => {
    if (connection.socket === undefined) return;
    const code = ballot.state === 'in' ? { tracking_code: trackingCode } : {};
    gate.outbox.push(connection, JSON.stringify({ queued, ...queuedAsJson(ballot), ...code }));
  });
}

export const cast = operation('cast', castBallot);
