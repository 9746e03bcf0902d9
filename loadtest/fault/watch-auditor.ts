import type { EventsData, TopicMessage } from '../../protocol/frames/messages.ts';
import type { TallyView } from '../../protocol/tally.ts';
import type { Evidence, Finding, WatcherRecord } from './evidence.ts';

/** The states of an election that is opened, closed and published, in their order. */
const LIFE = ['draft', 'open', 'closed', 'published'];

interface Held {
  epoch: string;
  offset: number;
}

/** What watchers saw: snapshots and messages without a gap, figures that only rise, and the end as it is. */
export function auditWatchers(evidence: Evidence): Finding[] {
  return evidence.watchers.flatMap((watcher) => {
    const findings = auditChain(watcher);
    if (watcher.topic.startsWith('tally:')) findings.push(...auditTallies(watcher, evidence));
    else findings.push(...auditEvents(watcher));
    return findings;
  });
}

const untrue = (topic: string, what: string): Finding => ({ kind: 'untrue', what: `a watcher of ${topic}: ${what}` });

/** Every message follows on what its watcher held: nothing is missing between them, and none goes back. */
function auditChain({ topic, connections }: WatcherRecord): Finding[] {
  const findings: Finding[] = [];
  const problem = (what: string) => findings.push(untrue(topic, what));
  let held: Held | null = null;
  for (const { from, messages } of connections) {
    if (from !== null && (held === null || from.offset !== held.offset || from.epoch !== held.epoch)) {
      problem(`resumed from ${from.offset}, but held ${held?.offset ?? 'nothing'}`);
    }
    if (from === null) held = null;
    for (const message of messages) {
      if (held !== null && message.epoch !== held.epoch && message.snapshot !== true) {
        problem(`a message of epoch ${message.epoch} without a snapshot`);
      }
      if (message.snapshot !== true) {
        if (held === null) problem(`a message at ${message.offset} before any snapshot`);
        else if ((message.previous ?? Number.POSITIVE_INFINITY) > held.offset) {
          problem(`a gap: holds ${held.offset}, and the message at ${message.offset} follows on ${message.previous}`);
        }
      }
      if (held !== null && message.epoch === held.epoch && message.offset < held.offset) {
        problem(`goes back from ${held.offset} to ${message.offset}`);
      }
      held = { epoch: message.epoch, offset: message.offset };
    }
  }
  return findings;
}

function auditTallies({ topic, connections }: WatcherRecord, { tally }: Evidence): Finding[] {
  const findings: Finding[] = [];
  const seen = connections.flatMap(({ messages }) => messages).map((message) => message.data as TallyView);
  let before: TallyView | undefined;
  for (const figures of seen) {
    if (before !== undefined) {
      const fallen = whatFell(before, figures);
      if (fallen !== null) findings.push(untrue(topic, `figures fell: ${fallen}`));
    }
    before = figures;
  }
  const wanted = JSON.stringify([tally.cast, tally.counted, tally.options]);
  const last = before && JSON.stringify([before.cast, before.counted, before.options]);
  if (before?.final !== true) findings.push(untrue(topic, `never saw the end (${before?.state ?? 'nothing'})`));
  else if (last !== wanted) findings.push(untrue(topic, `the last figures are ${last}, the final ones ${wanted}`));
  return findings;
}

/** What is less than before; null where nothing is. Marks are never negative in these elections. */
function whatFell(before: TallyView, after: TallyView): string | null {
  if ((after.cast ?? 0) < (before.cast ?? 0)) return `cast from ${before.cast} to ${after.cast}`;
  if (after.counted < before.counted) return `counted from ${before.counted} to ${after.counted}`;
  if (before.final && !after.final) return 'final, and then not';
  for (const { option, count } of before.options ?? []) {
    const now = after.options?.find((one) => one.option === option)?.count ?? 0;
    if (now < count) return `${option} from ${count} to ${now}`;
  }
  return null;
}

/** Each change of state once and in its order, the last one the publication. */
function auditEvents({ topic, connections }: WatcherRecord): Finding[] {
  const findings: Finding[] = [];
  let pos = -1;
  let state = 0;
  for (const message of connections.flatMap(({ messages }) => messages)) {
    const misplaced = misplacedIn(message);
    if (misplaced !== undefined) findings.push(untrue(topic, `event ${misplaced} in the message at ${message.offset}`));
    for (const [at, named] of statesIn(message)) {
      if (at <= pos && message.snapshot !== true) continue; // told again after a resume: it names its position
      const place = LIFE.indexOf(named ?? '');
      if (place < state) findings.push(untrue(topic, `the state went back from ${LIFE[state]} to ${named}`));
      pos = Math.max(pos, at);
      state = Math.max(place, state);
    }
  }
  if (LIFE[state] !== 'published') findings.push(untrue(topic, `never heard of the publication (${LIFE[state]})`));
  return findings;
}

/** The first event of a message that is not above the one before it, nor above `previous`, nor up to `offset`. */
function misplacedIn({ snapshot, previous = -1, offset, data }: TopicMessage): number | undefined {
  if (snapshot === true) return undefined;
  const positions = (data as EventsData).events.map(({ pos }) => pos);
  return positions.find((pos, i) => pos <= (positions[i - 1] ?? previous) || pos > offset);
}

/** [log position, state] of everything in a message that names a state. */
function statesIn({ offset, snapshot, data }: TopicMessage): (readonly [number, string | undefined])[] {
  if (snapshot === true) return [[offset, (data as { election?: { state: string } }).election?.state]];
  return (data as EventsData).events
    .filter((event) => event.state !== undefined)
    .map((event) => [event.pos, event.state] as const);
}
