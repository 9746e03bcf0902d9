import { formatNumber, formatShare } from './i18n.ts';
import { Icon, type IconName } from './icon.tsx';
import { colourOf, letterOf } from './options.ts';

export interface Bar {
  readonly id: string;
  readonly title: string;
  readonly value: number;
  /** place in the list of options: gives letter and colour */
  readonly index: number;
  /** in place of the letter, where the option is a sign of its own: yes, no */
  readonly sign?: IconName | undefined;
  /** won, elected, carried: with a sign and a word, not by colour alone */
  readonly won?: string | undefined;
}

/**
 * Figures as bars, each with its number and share in words: a list, so that readers hear the same as others see. Widths
 * follow within 150 ms and nothing else moves.
 * @param of what a full bar is; the largest value if left out
 * @param base what shares are a part of; the sum if left out
 * @param stale greyed: the connection is lost
 */
export function Bars(props: {
  readonly bars: readonly Bar[];
  readonly of?: number;
  readonly base?: number;
  readonly stale?: boolean;
  readonly label: string;
  readonly format?: (value: number) => string;
}) {
  const { bars, stale = false, label, format = formatNumber } = props;
  const sum = bars.reduce((total, { value }) => total + Math.max(0, value), 0);
  const full = props.of ?? Math.max(...bars.map(({ value }) => value), 0);
  const base = props.base ?? sum;
  return (
    <ul class={stale ? 'bars bars-stale' : 'bars'} aria-label={label}>
      {bars.map(({ id, title, value, index, won, sign }) => (
        <li key={id} class={`bar ${colourOf(index)}${won === undefined ? '' : ' bar-won'}`}>
          <span class="bar-letter" aria-hidden="true">
            {sign === undefined ? letterOf(index) : <Icon name={sign} />}
          </span>
          <span class="bar-title">
            {title}
            {won !== undefined && <span class="bar-mark">{won}</span>}
          </span>
          <span class="bar-figures figures">
            <strong>{format(value)}</strong>
            {base > 0 && <span class="bar-share">{formatShare(Math.max(0, value) / base)}</span>}
          </span>
          <span class="bar-track" aria-hidden="true">
            <span class="bar-fill" style={{ inlineSize: `${full > 0 ? (100 * Math.max(0, value)) / full : 0}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}
