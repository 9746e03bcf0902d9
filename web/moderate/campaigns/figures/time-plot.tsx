import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatDay, formatMoment, formatNumber, formatTime, locale } from '../../../ui/i18n.ts';
import { isDark } from '../../../ui/theme.ts';
import { resolved } from '../../run/rate-plot.tsx';

const HEIGHT_PX = 220;
/** Coins are whole. */
const WHOLE_STEPS = [1, 2, 5]
  .flatMap((step) => [0, 1, 2, 3, 4, 5, 6, 7].map((zeros) => step * 10 ** zeros))
  .sort((a, b) => a - b);
const DAY_SECONDS = 86_400;
/** So much before the first column and after the last. */
const MARGIN_BUCKETS = 0.75;
/** Room for so many columns at least: a single one would be as wide as the plot. */
const LEAST_BUCKETS = 12;

interface PlotSeries {
  readonly name: string;
  readonly values: readonly number[];
  /** columns: one a bucket; line: dashed, over the columns */
  readonly as: 'columns' | 'line';
}

interface TimePlotProps {
  /** seconds since 1970 at which the buckets begin, rising */
  readonly starts: readonly number[];
  readonly series: readonly PlotSeries[];
  /** width of a bucket, in seconds */
  readonly bucketSeconds: number;
}

function axisMarks(bucketSeconds: number) {
  return (_self: uPlot, marks: number[]) =>
    marks.map((mark, index) => {
      const moment = new Date(1_000 * mark);
      const newDay = index === 0 || new Date(1_000 * (marks[index - 1] as number)).getDate() !== moment.getDate();
      return bucketSeconds >= DAY_SECONDS || newDay
        ? formatDay(moment, { day: 'numeric', month: 'short' })
        : formatTime(moment);
    });
}

function newPlot(box: HTMLElement, { starts, series, bucketSeconds }: TimePlotProps): uPlot {
  const [ink, line] = [resolved('--ink-soft', box), resolved('--line', box)];
  const colours = { columns: resolved('--accent', box), line: resolved('--option-1', box) };
  const grid = { stroke: line, width: 1 };
  const last = starts.at(-1) ?? 0;
  const first = Math.min(starts[0] ?? 0, last - LEAST_BUCKETS * bucketSeconds);
  const room = MARGIN_BUCKETS * bucketSeconds;
  return new uPlot(
    {
      width: box.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { range: () => [first - room, last + room] },
        y: { range: (_self, _min, max) => [0, Math.max(4, max)] },
      },
      axes: [
        {
          stroke: ink,
          grid: { show: false },
          ticks: grid,
          values: axisMarks(bucketSeconds),
          incrs: [1, 2, 4, 7, 14, 28, 56].map((step) => step * bucketSeconds),
        },
        {
          stroke: ink,
          grid,
          ticks: grid,
          size: 64,
          incrs: WHOLE_STEPS,
          values: (_self, marks) => marks.map((mark) => formatNumber(mark)),
        },
      ],
      series: [
        {},
        ...series.map(({ as }) =>
          as === 'columns'
            ? {
                stroke: colours.columns,
                fill: colours.columns,
                width: 0,
                points: { show: false },
                ...(uPlot.paths.bars === undefined ? {} : { paths: uPlot.paths.bars({ size: [0.7, 40] }) }),
              }
            : { stroke: colours.line, width: 2, dash: [6, 4], points: { show: true, size: 6, fill: colours.line } },
        ),
      ],
    },
    [[...starts], ...series.map(({ values }) => [...values])],
    box,
  );
}

/** Figures over time. What it shows in words and as a table stands beside it: the drawing itself is hidden from readers. */
export function TimePlot(props: TimePlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const { starts, series, bucketSeconds } = props;
  const key = JSON.stringify([starts, series.map(({ values }) => values), bucketSeconds]);
  useEffect(() => {
    const place = box.current as HTMLDivElement;
    const plot = newPlot(place, props);
    const resizing = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT_PX }));
    resizing.observe(place);
    return () => {
      resizing.disconnect();
      plot.destroy();
    };
  }, [key, isDark.value, locale.value]);
  return (
    <>
      <ul class="plain-list plot-legend small" aria-hidden="true">
        {series.map(({ name, as }) => (
          <li key={name}>
            <span class={`plot-key plot-key-${as}`} /> {name}
          </li>
        ))}
      </ul>
      <div ref={box} class="time-plot" aria-hidden="true" />
    </>
  );
}

/** The start of a bucket in words: a day, or a day and an hour. */
export function bucketName(start: string, bucket: 'hour' | 'day'): string {
  if (bucket === 'hour') return formatMoment(start);
  return formatDay(start);
}
