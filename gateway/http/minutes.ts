import { z } from 'zod';
import { type Election, type Engine, type Identity, type MinutesFacts, resultToJson } from '../../engine/index.ts';
import { minutesQuery } from '../../protocol/results.ts';
import { id } from '../../protocol/text.ts';
import { votesOfMicro } from '../../protocol/weight.ts';
import { authorise } from '../auth/permissions.ts';
import { electionInReach, meetingInReach } from '../auth/reach.ts';
import type { Sheet } from '../minutes/blocks.ts';
import { type PrintJob, print } from '../minutes/printer.ts';
import { electionParams } from './elections.ts';
import { type Answer, decline, type Operation, operation } from './operation.ts';

/** Votes of one meeting in one document. */
const ELECTIONS_MAX = 100;

function styleOf(query: z.output<typeof minutesQuery>) {
  return { language: query.lang ?? ('en' as const), timeZone: query.time_zone ?? 'UTC' };
}

function sheetOf({ result, participation, ...facts }: MinutesFacts): Sheet {
  const { roll, voted, votedWeight } = participation;
  return {
    ...facts,
    json: resultToJson(result),
    participation: { roll, voted, votedWeight: votesOfMicro(votedWeight) },
  };
}

async function printed(job: PrintJob, name: string): Promise<Answer> {
  const content = await print(job);
  if (content === null) return decline('overloaded', 'Too many minutes are being printed. Ask again in a moment.');
  const headers = { 'content-disposition': `inline; filename="${name}.pdf"` };
  return { ok: true, value: { status: 200, bytes: { type: 'application/pdf', content }, headers } };
}

/** Before it is published a result is for the chair alone, and so are its minutes. */
function mayRead(identity: Identity, { state }: Election): boolean {
  return state === 'published' || (state === 'closed' && authorise(identity, 'results.preview').ok);
}

const ofElection = operation({
  id: 'getMinutes',
  method: 'get',
  path: '/v1/elections/{election_id}/minutes.pdf',
  tag: 'Minutes',
  summary: 'Print the minutes of a vote',
  description:
    'Question, method and rules in words, times and who presided, roll, turnout, quorum, majority, totals, every round, ' +
    'ties, ballots on paper apart, and the digest of the tracking codes. The same vote gives the same bytes.',
  permission: 'results.read',
  params: electionParams,
  query: minutesQuery,
  success: { 200: { description: 'The minutes.', mediaType: 'application/pdf' } },
  failures: ['not_found', 'conflict', 'closed', 'database_away'],
  handle: async ({ engine, identity, params, query }) => {
    const found = await electionInReach(engine, identity, params.election_id);
    if (!found.ok) return found;
    const { state } = found.value;
    if (!mayRead(identity, found.value) && state !== 'cancelled') {
      const message = 'There are minutes once the result is published.';
      return decline('conflict', message, { state });
    }
    const facts = await engine.minutes.of(identity.orgId, params.election_id);
    if (!facts.ok) return facts;
    const { organisation, meeting } = facts.value;
    const head = { organisation, meeting, whole: false };
    const job = { kind: 'minutes' as const, head, elections: [sheetOf(facts.value)], style: styleOf(query) };
    return printed(job, `minutes-${params.election_id}`);
  },
});

/** Every election of a meeting that the caller may read the minutes of, in the order in which they closed. */
async function readable(engine: Engine, identity: Identity, meetingId: string): Promise<readonly Election[] | null> {
  const page = await engine.elections.list(identity.orgId, { meetingId, limit: ELECTIONS_MAX });
  if (!page.ok) return null;
  return page.value.items
    .filter((election) => mayRead(identity, election))
    .sort((a, b) => Number(a.closedAt) - Number(b.closedAt));
}

const ofMeeting = operation({
  id: 'getMeetingMinutes',
  method: 'get',
  path: '/v1/meetings/{meeting_id}/minutes.pdf',
  tag: 'Minutes',
  summary: 'Print the minutes of all votes of a meeting',
  description: `Its published votes in the order in which they closed, the newest ${ELECTIONS_MAX}; the chair gets those that are not published yet as well.`,
  permission: 'results.read',
  params: z.strictObject({ meeting_id: id }),
  query: minutesQuery,
  success: { 200: { description: 'The minutes.', mediaType: 'application/pdf' } },
  failures: ['not_found', 'conflict', 'database_away'],
  handle: async ({ engine, identity, params, query }) => {
    const found = await meetingInReach(engine, identity, params.meeting_id);
    if (!found.ok) return found;
    const elections = await readable(engine, identity, params.meeting_id);
    if (elections === null) return decline('database_away', 'The votes of the meeting cannot be read. Try again.');
    if (elections.length === 0) return decline('conflict', 'There are minutes once a result is published.', {});
    const all: Sheet[] = [];
    for (const { electionId } of elections) {
      const facts = await engine.minutes.of(identity.orgId, electionId);
      if (!facts.ok) return facts;
      all.push(sheetOf(facts.value));
    }
    const head = { organisation: all[0]?.organisation ?? '', meeting: found.value.title, whole: true };
    return printed({ kind: 'minutes', head, elections: all, style: styleOf(query) }, `minutes-${params.meeting_id}`);
  },
});

export const minutesOperations: readonly Operation[] = [ofElection, ofMeeting];
