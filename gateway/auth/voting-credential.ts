import { credentialOfToken, type Engine, type Identity } from '../../engine/index.ts';
import { accept, type Outcome, refuse } from '../../engine/outcome.ts';

/** What a cast says of its right to vote, over HTTP and the socket alike. */
interface Claim {
  readonly credential?: string | undefined;
  readonly on_behalf_of?: string | undefined;
}

const BOTH = refuse('invalid_input', 'A voting token stands for its own vote: leave out credential or on_behalf_of.', {
  details: { fields: [{ path: 'on_behalf_of', problem: 'stands beside credential' }] },
});

/** The credential that a ballot is cast with: of the token that was sent, or of the caller, or of whose proxy they hold. */
export function votingCredential(
  engine: Engine,
  identity: Identity,
  electionId: string,
  { credential, on_behalf_of: onBehalfOf }: Claim,
): Outcome<string> | Promise<Outcome<string>> {
  if (credential === undefined) return engine.meetings.credentialFor(identity, electionId, onBehalfOf);
  return onBehalfOf === undefined ? accept(credentialOfToken(credential)) : BOTH;
}
