import type { ComponentChildren } from 'preact';
import { formatNumber, formatShare } from '../../../ui/i18n.ts';

interface RankedBar {
  readonly id: string;
  readonly title: ComponentChildren;
  readonly value: number;
  /** in place of the rank */
  readonly mark?: ComponentChildren;
}

/**
 * Figures as bars of one colour with their rank: places change, so a colour of its own for each would tell nothing. A list,
 * so that readers hear the same as others see.
 * @param base what shares are a part of; left out: none are shown
 * @param of what a full bar is; the largest value if left out
 */
export function RankedBars(props: {
  readonly label: string;
  readonly bars: readonly RankedBar[];
  readonly base?: number | undefined;
  readonly of?: number;
  readonly stale?: boolean;
}) {
  const { label, bars, base = 0, stale = false } = props;
  const full = props.of ?? Math.max(0, ...bars.map(({ value }) => value));
  return (
    <ol class={stale ? 'bars ranked-bars bars-stale' : 'bars ranked-bars'} aria-label={label}>
      {bars.map(({ id, title, value, mark }, index) => (
        <li key={id} class="bar">
          <span class="bar-letter figures" aria-hidden="true">
            {mark ?? index + 1}
          </span>
          <span class="bar-title">{title}</span>
          <span class="bar-figures figures">
            <strong>{formatNumber(value)}</strong>
            {base > 0 && <span class="bar-share">{formatShare(value / base)}</span>}
          </span>
          <span class="bar-track" aria-hidden="true">
            <span class="bar-fill" style={{ inlineSize: `${full > 0 ? (100 * value) / full : 0}%` }} />
          </span>
        </li>
      ))}
    </ol>
  );
}
