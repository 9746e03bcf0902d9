import type { HotConnection } from '../../engine/db/index.ts';
import { type LaneLimits, Lanes, type LaneWork } from '../../engine/lanes/index.ts';

/** One attempt of the lanes to write a batch. */
export interface Attempt {
  /** 0-based */
  readonly connection: number;
  readonly orgId: string;
  readonly subjectId: string;
  readonly items: readonly string[];
}

/** What the "database" does with an attempt: one answer per item, or it throws. 'again' is asked again. */
export type Script = (attempt: Attempt, number: number) => readonly string[] | Promise<readonly string[]>;

/** Lanes before a database that a test scripts; keeps what was attempted and what each item was told. */
export interface ScriptedLanes {
  readonly lanes: Lanes<string, string>;
  readonly attempts: Attempt[];
  /** item -> everything it was told; more than one is a bug of the lanes */
  readonly told: Map<string, string[]>;
  submit(orgId: string, subjectId: string, ...items: string[]): void;
  /** batches that reached the database */
  readonly committed: string[];
}

export function scriptedLanes(script: Script, connections = 1, own: Partial<LaneLimits> = {}): ScriptedLanes {
  const attempts: Attempt[] = [];
  const told = new Map<string, string[]>();
  const committed: string[] = [];
  const work: LaneWork<string, string> = {
    run: async (connection, orgId, subjectId, items) => {
      const attempt = {
        connection: Number((connection as unknown as { number: number }).number),
        orgId,
        subjectId,
        items,
      };
      attempts.push(attempt);
      return script(attempt, attempts.length - 1);
    },
    asksAgain: (answer) => answer === 'again',
    refusal: (reason) => reason,
    settle: (item, answer) => void told.set(item, [...(told.get(item) ?? []), answer]),
    committed: (_, subjectId) => void committed.push(subjectId),
  };
  // the lanes hand a connection on to run() and never look into it
  const numbered = Array.from({ length: connections }, (_, number) => ({ number }) as unknown as HotConnection);
  const lanes = new Lanes(numbered, work, own);
  const submit = (orgId: string, subjectId: string, ...items: string[]) => {
    for (const item of items) lanes.submit(orgId, subjectId, item);
  };
  return { lanes, attempts, told, submit, committed };
}

/** An answer for every item of an attempt. */
export function allOk({ items }: Attempt): string[] {
  return items.map(() => 'ok');
}

/** Never answers, like a half-open connection. */
export function silence(): Promise<never> {
  return new Promise(() => {});
}

/** An error as the database or the driver throws it. */
export function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Of the breaker's clock (Date), the deadlines (performance) and the timers. */
export const LANE_CLOCKS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
  'performance',
] as const;
