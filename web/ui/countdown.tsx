import { useEffect, useState } from 'preact/hooks';
import { announce } from './announce.tsx';
import { t } from './i18n.ts';
import { serverNow } from './server-clock.ts';

const TICK_MS = 250;
/** Said aloud at these moments only: a clock that is read each second drowns everything else. */
const SAID_AT_SECONDS = [300, 60, 10];
const SHORT_SECONDS = 60;

/** To the nearest second: a delay of some hundred milliseconds on the way must not show a second more than there is. */
function secondsUntil(moment: string, least: number): number {
  return Math.max(least, Math.round((Date.parse(moment) - serverNow()) / 1_000));
}

/** 3725 -> '1:02:05', 65 -> '1:05' */
function clockText(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/**
 * Time that is left until a moment, by the gateway's clock.
 * @param least seconds that it stays at: 1 for what is over when the gateway says so, and not before
 */
export function Countdown({ until, least = 0 }: { readonly until: string; readonly least?: number }) {
  const [left, setLeft] = useState(() => secondsUntil(until, least));
  useEffect(() => {
    const tick = () => setLeft(secondsUntil(until, least));
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [until, least]);
  useEffect(() => {
    if (SAID_AT_SECONDS.includes(left)) announce(t('countdown.left', { time: clockText(left) }));
  }, [left]);
  return (
    <span class={left <= SHORT_SECONDS ? 'countdown countdown-short' : 'countdown'} role="timer">
      <span class="unseen">{t('countdown.label')} </span>
      <span class="figures">{clockText(left)}</span>
    </span>
  );
}
