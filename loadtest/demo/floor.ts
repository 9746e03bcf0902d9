import type { PsephosHttp } from '../../client/index.ts';
import type { SpeakerListView } from '../../protocol/speakers.ts';
import { SeededRandom } from '../fault/seeded-random.ts';
import type { Clock } from './clock.ts';
import type { Crowd } from './crowd.ts';
import type { Stage } from './stage.ts';

const ASKING = { min: 2, max: 4 } as const;
/** One speaks for a part of the time that there is, the others wait their turn. */
const SPEAKERS_HEARD = 2;

export interface FloorOptions {
  readonly http: PsephosHttp;
  readonly meetingId: string;
  readonly clock: Clock;
  readonly stage: Stage;
  readonly crowd: Crowd;
  readonly seed: number;
}

/** Between two elections: some ask to speak, the chair gives the first of them the floor, the rest are thanked. */
export async function discuss(options: FloorOptions, round: number, timeMs: number): Promise<void> {
  const { http, meetingId, clock, stage, crowd, seed } = options;
  const random = new SeededRandom(seed, 'floor', round);
  const path = `/v1/meetings/${meetingId}/speakers`;
  for (let left = random.int(ASKING.min, ASKING.max); left > 0 && !clock.isOver; left -= 1) {
    await crowd.someone(random)?.call({ method: 'POST', path, body: {} });
    await clock.pause(timeMs / 10);
  }
  const read = () => http.call<SpeakerListView>({ method: 'GET', path });
  let { items } = await read();
  if (items.length > 0) stage.tell(`${items.length} ask to speak.`);
  for (let heard = 0; heard < SPEAKERS_HEARD && items[0] !== undefined && !clock.isOver; heard += 1) {
    const [{ speaker_id: id, name }] = items;
    await http.call({ method: 'POST', path: `${path}/${id}/next` });
    stage.tell(`${name} has the floor.`);
    await clock.pause(timeMs / (SPEAKERS_HEARD + 1));
    await http.call({ method: 'POST', path: `${path}/${id}/done` });
    ({ items } = await read());
  }
  for (const { speaker_id: id } of items) await http.call({ method: 'POST', path: `${path}/${id}/withdraw` });
}
