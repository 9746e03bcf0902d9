import type { EventsData, TopicMessage } from '../../protocol/frames/messages.ts';
import type { TallyView } from '../../protocol/tally.ts';
import type { Evidence, Finding, WatcherRecord } from './evidence.ts';

/** The states of an election that is opened, closed and published, in their order. */
const LIFE = ['draft', 'open', 'closed', 'published'];

/** What watchers saw: snapshots and messages without a gap, figures that only rise, and the end as it is. */
export function auditWatchers(evidence: Evidence): Finding[] {
  return evidence.watchers.flatMap((watcher) => {
    const findings = auditChain(watcher);
    const readable = { ...watcher, messages: watcher.messages.filter(({ data }) => isData(data)) };
    if (watcher.topic.startsWith('tally:')) findings.push(...auditTallies(readable, evidence));
    else findings.push(...auditEvents(readable));
    return findings;
  });
}

const untrue = (topic: string, what: string): Finding => ({ kind: 'untrue', what: `a watcher of ${topic}: ${what}` });

const isData = (data: unknown) => typeof data === 'object' && data !== null;

/** Every message follows on what its watcher held: nothing is missing between them, and none goes back. */
function auditChain({ topic, messages, gaps }: WatcherRecord): Finding[] {
  const findings: Finding[] = [];
  const problem = (what: string) => findings.push(untrue(topic, what));
  if (gaps > 0) problem(`had to ask ${gaps} times for what had not come`);
  let held: TopicMessage | undefined;
  for (const message of messages) {
    const { epoch, offset, previous = Number.POSITIVE_INFINITY, snapshot } = message;
    if (!isData(message.data)) problem(`something at ${offset} that is no message: ${JSON.stringify(message)}`);
    if (snapshot !== true && epoch !== held?.epoch) problem(`a message at ${offset} before any snapshot of its epoch`);
    else if (snapshot !== true && previous > (held?.offset ?? 0)) {
      problem(`a gap: holds ${held?.offset}, and the message at ${offset} follows on ${previous}`);
    }
    if (epoch === held?.epoch && offset < held.offset) problem(`goes back from ${held.offset} to ${offset}`);
    held = message;
  }
  return findings;
}

function auditTallies({ topic, messages }: WatcherRecord, { tally }: Evidence): Finding[] {
  const findings: Finding[] = [];
  let before: TallyView | undefined;
  for (const message of messages) {
    const figures = message.data as TallyView;
    if (before !== undefined) {
      const fallen = whatFell(before, figures);
      if (fallen !== null) findings.push(untrue(topic, `figures fell: ${fallen}`));
    }
    // whoever acts on the first figures that are called final must be right
    if (figures.final && textOf(figures) !== textOf(tally)) {
      findings.push(untrue(topic, `figures called final are ${textOf(figures)}, the final ones ${textOf(tally)}`));
    }
    before = figures;
  }
  if (before?.final !== true) findings.push(untrue(topic, `never saw the end (${before?.state ?? 'nothing'})`));
  return findings;
}

function textOf({ cast, counted, options }: TallyView): string {
  return JSON.stringify([cast, counted, options?.map(({ option, count, weight }) => [option, count, weight])]);
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
function auditEvents({ topic, messages }: WatcherRecord): Finding[] {
  const findings: Finding[] = [];
  let pos = -1;
  let state = 0;
  for (const message of messages) {
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
  if (snapshot === true) {
    // a state may be newer than its offset: what it says of itself up to changed_pos is in it, and may be told again
    const { election } = data as { election?: { state: string; changed_pos: number } };
    return [[Math.max(offset, election?.changed_pos ?? 0), election?.state]];
  }
  return (data as EventsData).events
    .filter((event) => event.state !== undefined)
    .map((event) => [event.pos, event.state] as const);
}
