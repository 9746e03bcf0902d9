import { createHash } from 'node:crypto';
import { PsephosHttp } from '../../client/index.ts';
import type { SeededRandom } from '../fault/seeded-random.ts';
import type { Grounds } from './frame-inputs.ts';

const TOKENS = 2_000;
const OPTIONS = ['a', 'b', 'c'].map((id) => ({ id, title: id }));

/** Makes what hostile inputs can be about: meetings, elections in every state, voting tokens. */
export async function makeGrounds(httpUrl: string, apiKey: string, random: SeededRandom): Promise<Grounds> {
  const http = new PsephosHttp({ baseUrl: httpUrl, secret: apiKey });
  const meeting = await http.createMeeting('Fuzz');
  const tokens = Array.from({ length: TOKENS }, () => `vt_${random.hex(12)}`);
  const electionIds: string[] = [];
  for (const state of ['draft', 'open', 'open', 'closed', 'published', 'cancelled'] as const) {
    const { election_id: id } = await http.createElection({
      meeting_id: meeting.meeting_id,
      title: state,
      method: { method: electionIds.length % 2 === 0 ? 'irv' : 'borda', settings: {} },
      options: OPTIONS,
    } as never);
    electionIds.push(id);
    const credentials = tokens.map((token) => ({ hash: createHash('sha256').update(token).digest('hex') }));
    await http.issueCredentials(id, credentials);
    if (state === 'cancelled') await http.cancel(id, 'fuzz');
    if (state === 'draft' || state === 'cancelled') continue;
    await http.open(id);
    if (state === 'open') continue;
    await http.close(id);
    if (state === 'published') await http.publish(id);
  }
  return { apiKey, meetingIds: [meeting.meeting_id], electionIds, tokens };
}
