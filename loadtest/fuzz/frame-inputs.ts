import { socketOperations } from '../../protocol/frames.ts';
import { FRAME_MAX_BYTES } from '../../protocol/subprotocol.ts';
import type { SeededRandom } from '../fault/seeded-random.ts';
import { fromNothing, mutated, writtenAs } from './hostile.ts';

/** One message of a WebSocket: a payload and whether it is said to be text. */
export interface FrameInput {
  readonly payload: Buffer;
  readonly isText: boolean;
}

/** What the server of a campaign holds, so that inputs reach beyond the first check. */
export interface Grounds {
  readonly apiKey: string;
  readonly meetingIds: readonly string[];
  /** in every state */
  readonly electionIds: readonly string[];
  /** tokens on the roll of the open ones */
  readonly tokens: readonly string[];
}

const OVERSIZED_CHANCE = 0.0005;

/** Frames by mutation of what the schemas give as examples, filled with ids that exist; some whole, some from nothing. */
export function frameInputs(random: SeededRandom, grounds: Grounds): () => FrameInput {
  const examples = Object.values(socketOperations).map(({ request }) => request.meta()?.example as object);
  let id = 0;
  return () => {
    id += 1;
    if (random.chance(OVERSIZED_CHANCE)) {
      return {
        payload: Buffer.alloc(FRAME_MAX_BYTES + random.int(-1, 100), random.pick([0x20, 0x5b, 0])),
        isText: true,
      };
    }
    if (random.chance(0.15)) return { payload: fromNothing(random), isText: random.chance(0.7) };
    const frame = filled(random, { ...random.pick(examples), id }, grounds);
    const changed = random.chance(0.15) ? frame : mutated(random, frame);
    return { payload: writtenAs(random, changed), isText: random.chance(0.99) };
  };
}

/** A valid frame with ids, tokens and keys that mean something here, or nearly. */
function filled(random: SeededRandom, frame: object, grounds: Grounds): object {
  const election = random.pick(grounds.electionIds);
  const kind = random.pick(['tally', 'election', 'meeting']);
  const values: Readonly<Record<string, unknown>> = {
    election,
    topic: `${kind}:${kind === 'meeting' ? random.pick(grounds.meetingIds) : election}`,
    credential: random.pick(grounds.tokens),
    cast_key: random.hex(16),
    ballot: random.pick(BALLOTS),
    ticket: `pkt_${random.hex(16)}`,
    epoch: random.hex(4),
    offset: random.int(0, 1_000),
  };
  return Object.fromEntries(
    Object.entries(frame).map(([name, value]) => [name, name in values && random.chance(0.9) ? values[name] : value]),
  );
}

const BALLOTS: readonly unknown[] = [
  { choice: 'yes' },
  { choice: 'abstain' },
  { ranking: ['a', 'b'] },
  { ranking: ['a', 'a'] },
  { ranking: [['a', 'b'], 'c'] },
  { options: ['a'] },
  { points: { a: 3, b: 1 } },
  { points: { a: -1 } },
  { scores: { a: 1.5 } },
  { grades: { a: 0, b: 'Good' } },
];
