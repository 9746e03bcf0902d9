import type { Identity, Outcome } from '../../../engine/index.ts';
import { type CastReceipt, credentialOfToken } from '../../../engine/index.ts';
import type { CastFrame } from '../../../protocol/frames/cast.ts';
import { authorise } from '../../auth/permissions.ts';
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
  const { id, election, credential, ballot } = frame;
  gate.begin(connection);
  gate.engine.elections
    .cast(identity.orgId, {
      electionId: election,
      credential:
        credential === undefined
          ? gate.engine.accounts.attendeeCredential(identity, election)
          : credentialOfToken(credential),
      ballot,
      castKey: frame.cast_key,
    })
    .then(
      (outcome) => answer(gate, connection, id, outcome),
      (error: unknown) => {
        gate.end(connection);
        gate.bug(connection, id, 'cast', error);
      },
    );
}

function answer(gate: Gate, connection: Connection, id: CastFrame['id'], outcome: Outcome<CastReceipt>): void {
  gate.end(connection);
  if (outcome.ok) {
    gate.casts += 1;
    connection.casts += 1;
    gate.reply(connection, id, `"tracking_code":"${outcome.value.trackingCode}"`);
  } else gate.refuse(connection, id, outcome.failure);
}

export const cast = operation('cast', castBallot);
