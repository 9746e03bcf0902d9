import { PsephosHttp } from '../../client/index.ts';
import type { Screen } from '../replay/progress.ts';
import { AGENDA } from './agenda.ts';
import { Chair } from './chair.ts';
import { Clock } from './clock.ts';
import { Crowd } from './crowd.ts';
import { Figures } from './figures.ts';
import { discuss } from './floor.ts';
import { Stage } from './stage.ts';

/** Of all the time: people come, then elections follow each other with a breath between them. */
const DOORS_SHARE = 0.12;
const DOORS_MAX_MS = 30_000;
/** An election of the demo takes about this long; a short demo holds fewer, and shorter ones. */
const ELECTION_WANTED_MS = 25_000;
const BREATH_SHARE = 0.2;
/** Of an election's time people think so long at most, so that the chair need not wait for the end. */
const THINK_SHARE = 0.8;
/** So much longer the doors stay open while nobody is in. */
const NOBODY_YET_MS = 5_000;

/** There is nobody to play to; `message` says why, with the error code. */
export class EmptyHall extends Error {}

export interface DemoOptions {
  readonly httpUrl: string;
  /** of a moderator */
  readonly apiKey: string;
  readonly attendees: number;
  readonly durationMs: number;
  readonly seed: number;
  readonly screen: Screen;
  /** ends it early; what was opened is closed */
  readonly signal: AbortSignal;
}

/** What `--json` prints. */
export interface DemoSummary {
  readonly meeting_id: string;
  readonly attendees: number;
  readonly joined: number;
  readonly elections: number;
  readonly ballots: number;
  /** second ballots of one person, each refused */
  readonly told_twice: number;
  readonly reconnects: number;
  /** by error code */
  readonly refused: Readonly<Record<string, number>>;
  readonly ack_p50_ms: number;
  readonly ack_p99_ms: number;
  readonly stopped: boolean;
  readonly seed: number;
}

/**
 * Plays a meeting against a running server: makes one with elections of several methods, lets people join in waves,
 * think and vote, and moderates it to the end.
 * @throws PsephosError where the server refuses the moderator, EmptyHall where it lets nobody join
 */
export async function playMeeting(options: DemoOptions): Promise<DemoSummary> {
  const { httpUrl, apiKey, attendees, durationMs, seed, signal } = options;
  const http = new PsephosHttp({ baseUrl: httpUrl, secret: apiKey });
  const meeting = await http.createMeeting('Demo: members’ evening');
  const over = new AbortController();
  const clock = new Clock(AbortSignal.any([signal, over.signal]));
  const stage = new Stage(options.screen, clock);
  const figures = new Figures();
  stage.note(addresses(httpUrl, meeting.meeting_id, meeting.join_code));
  const doorsMs = Math.min(DOORS_MAX_MS, durationMs * DOORS_SHARE);
  const restMs = durationMs - doorsMs;
  const held = AGENDA.slice(0, Math.max(2, Math.min(AGENDA.length, Math.round(restMs / ELECTION_WANTED_MS))));
  const electionMs = (restMs / held.length) * (1 - BREATH_SHARE);
  const crowd = new Crowd({
    ...{ httpUrl, joinCode: meeting.join_code, attendees, seed, clock, figures, doorsMs },
    thinkMaxMs: electionMs * THINK_SHARE,
  });
  const chair = new Chair({ http, meetingId: meeting.meeting_id, clock, stage, crowd, figures, electionMs });
  const floor = { http, meetingId: meeting.meeting_id, clock, stage, crowd, seed };
  try {
    const elections = await chair.prepare(held);
    stage.tell(`The doors are open; ${held.length} elections are on the agenda.`);
    stage.show(() => `${figures.here} of ${attendees} are in the hall …`);
    const arriving = crowd.arrive();
    await Promise.race([arriving, clock.pause(doorsMs * 1.5)]);
    if (figures.joinedCount === 0) await Promise.race([arriving, clock.pause(NOBODY_YET_MS)]);
    const reason = crowd.turnedAway.at(-1) ?? figures.lastWait;
    if (figures.joinedCount === 0 && !clock.isOver)
      throw new EmptyHall(reason ?? 'The server does not answer in time.');
    stage.tell(`${figures.here} people are in the hall.`);
    if (reason !== undefined && figures.joinedCount < attendees) stage.tell(`Not everybody could join yet: ${reason}`);
    for (const [place, electionId] of elections.entries()) {
      const item = held[place];
      if (item === undefined || clock.isOver) break;
      await chair.hold(electionId, item, place === 1);
      const breathMs = (restMs / held.length) * BREATH_SHARE;
      if (place + 1 < held.length) await discuss(floor, place, breathMs);
    }
    await arriving;
  } finally {
    stage.show(null);
    crowd.leave();
    over.abort(); // whoever still waits at the door goes home
    await chair.tidyUp();
    stage.end();
  }
  for (const reason of new Set(crowd.turnedAway)) stage.note(`Somebody could not join: ${reason}`);
  return {
    ...{ meeting_id: meeting.meeting_id, attendees, seed, stopped: signal.aborted },
    joined: figures.joinedCount,
    elections: chair.published,
    ballots: figures.ballots,
    told_twice: figures.toldTwiceCount,
    reconnects: figures.reconnects,
    refused: Object.fromEntries(figures.refusals),
    ack_p50_ms: figures.latencyMs(0.5),
    ack_p99_ms: figures.latencyMs(0.99),
  };
}

function addresses(httpUrl: string, meetingId: string, joinCode: string): string {
  return [
    'Open these pages and watch:',
    `  Attend    ${httpUrl}/join/${joinCode}`,
    `  Moderate  ${httpUrl}/moderate/${meetingId}   (with the key that this demo was given)`,
    `  Project   ${httpUrl}/project/${meetingId}`,
    '',
  ].join('\n');
}
