import type { Fairness } from './fairness.ts';
import type { Fanout } from './fanout.ts';
import type { Growth } from './growth.ts';
import type { Idle } from './idle.ts';
import type { EngineRates } from './rounds.ts';
import type { SocketFigures } from './sockets/measure.ts';

/** The last line of `--json`. Rates in ballots a second, times in milliseconds, ratios of two rates. */
export interface BenchReport extends EngineRates, SocketFigures {
  readonly close_ms: number;
  readonly fresh_roll_ratio: number;
  readonly fairness: Fairness;
  readonly lost: number;
  readonly doubled: number;
  readonly growth?: Growth;
  readonly fanout?: Fanout;
  readonly idle?: Idle;
}

/** What a figure has to reach (design: bars.md); null where it is shown for comparison only. */
export interface Line {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: { readonly side: '>=' | '<=' | '='; readonly value: number } | null;
}

const atLeast = (value: number) => ({ side: '>=', value }) as const;
export const atMost = (value: number) => ({ side: '<=', value }) as const;
const exactly = (value: number) => ({ side: '=', value }) as const;

function linesOf(report: BenchReport): Line[] {
  const { ratios, open_loop: openLoop, burst300, fairness, growth, fanout, idle } = report;
  const line = (what: string, value: number, unit: string, bar: Line['bar'] = null): Line => ({
    what,
    value,
    unit,
    bar,
  });
  return [
    line('one transaction of four statements a ballot', report.naive_per_s, 'ballots/s'),
    line('SQL function called directly, 500 a batch', report.ceiling_per_s, 'ballots/s'),
    line('engine in process', report.engine_per_s, 'ballots/s'),
    line('engine / four statements', ratios.engine_over_naive, '', atLeast(10)),
    line('engine / SQL ceiling', ratios.engine_over_ceiling, '', atLeast(0.8)),
    line('through sockets, load on the same cores', report.socket_per_s, 'ballots/s', atLeast(20_000)),
    line(`open loop ${openLoop.rate}/s, p50`, openLoop.p50_ms, 'ms'),
    line(`open loop ${openLoop.rate}/s, p99`, openLoop.p99_ms, 'ms', atMost(50)),
    line('300 ballots at once, all answered, p50', burst300.p50_ms, 'ms'),
    line('300 ballots at once, all answered, longest', burst300.max_ms, 'ms', atMost(100)),
    line('close under full load, longest', report.close_ms, 'ms', atMost(100)),
    line('roll of 300,000 never analysed / small roll', report.fresh_roll_ratio, '', atLeast(0.8)),
    line('A floods with', fairness.a_offered_per_s, 'ballots/s'),
    line("… B's 50/s, p99", fairness.b_p99_ms, 'ms', atMost(100)),
    ...(growth === undefined
      ? []
      : [
          line(`${growth.ballots} stored in other elections / empty`, growth.other_ratio, '', atLeast(0.9)),
          line(`${growth.ballots} stored in the same election / empty`, growth.same_ratio, '', atLeast(0.9)),
        ]),
    ...(fanout === undefined
      ? []
      : [line(`tally age at ${fanout.subscribers} subscribers, p99`, fanout.age_p99_ms, 'ms', atMost(200))]),
    ...(idle === undefined ? [] : [line('memory of an idle socket (RSS)', idle.kb_per_socket, 'KB', atMost(12))]),
    line('acknowledged and not stored', report.lost, 'ballots', exactly(0)),
    line('stored twice', report.doubled, 'ballots', exactly(0)),
  ];
}

function passes({ value, bar }: Line): boolean {
  if (bar === null) return true;
  if (bar.side === '=') return value === bar.value;
  return bar.side === '>=' ? value >= bar.value : value <= bar.value;
}

/** A table for people: each figure, the bar beside it, and whether it is reached. */
export function tableOf(report: BenchReport): string {
  return tableOfLines(linesOf(report));
}

export function tableOfLines(lines: readonly Line[]): string {
  const rows = lines.map((line) => {
    const { what, value, unit, bar } = line;
    const verdict = bar === null ? '' : passes(line) ? 'pass' : 'MISS';
    return [
      what,
      `${value.toLocaleString('en')} ${unit}`.trim(),
      bar === null ? '' : `${bar.side} ${bar.value.toLocaleString('en')}`,
      verdict,
    ];
  });
  const all = [['', 'measured', 'bar', ''], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map(([what = '', value = '', bar = '', verdict = '']) =>
      `${what.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${bar.padEnd(widths[2] ?? 0)}  ${verdict}`.trimEnd(),
    )
    .join('\n');
}
