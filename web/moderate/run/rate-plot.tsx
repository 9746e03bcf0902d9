import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { formatNumber } from '../../ui/i18n.ts';
import { isDark } from '../../ui/theme.ts';
import { t } from '../texts.ts';
import type { VoteRates } from './vote-rates.ts';

const HEIGHT_PX = 120;
const REDRAW_MS = 1_000;
/** Ballots are whole. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

/** light-dark() is resolved by the browser for real properties only: a probe tells what it comes to. */
export function resolved(name: string, at: HTMLElement): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  at.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found === '' ? colour(name) : found;
}

function newPlot(box: HTMLElement, data: [number[], number[]]): uPlot {
  const [ink, line, accent] = [resolved('--ink-soft', box), resolved('--line', box), resolved('--accent', box)];
  const grid = { stroke: line, width: 1 };
  return new uPlot(
    {
      width: box.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_self, _min, max) => [0, Math.max(4, max)] } },
      axes: [
        { stroke: ink, grid: { show: false }, ticks: grid, size: 14, values: (_self, marks) => marks.map(() => '') },
        { stroke: ink, grid, ticks: grid, size: 48, incrs: WHOLE_STEPS },
      ],
      series: [{}, { stroke: accent, width: 2, fill: resolved('--accent-soft', box), points: { show: false } }],
    },
    data,
    box,
  );
}

/** Votes a second over the last minute, and the same in words for readers. */
export function RatePlot({ rates }: { readonly rates: VoteRates }) {
  const box = useRef<HTMLDivElement>(null);
  const [peak, setPeak] = useState(0);
  useEffect(() => {
    const place = box.current as HTMLDivElement;
    const plot = newPlot(place, rates.series(Date.now()));
    const timer = setInterval(() => {
      const series = rates.series(Date.now());
      plot.setData(series);
      setPeak(Math.max(...series[1]));
    }, REDRAW_MS);
    const resizing = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT_PX }));
    resizing.observe(place);
    return () => {
      clearInterval(timer);
      resizing.disconnect();
      plot.destroy();
    };
  }, [rates, isDark.value]);
  return (
    <figure class="rate-plot">
      <figcaption class="soft small figures">{t('live.rate', { peak: formatNumber(peak) })}</figcaption>
      <div ref={box} class="rate-canvas" aria-hidden="true" />
    </figure>
  );
}
