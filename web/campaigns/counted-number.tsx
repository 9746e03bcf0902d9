import { useEffect, useRef, useState } from 'preact/hooks';
import { formatNumber } from '../ui/i18n.ts';

const COUNT_MS = 150;
const still = matchMedia('(prefers-reduced-motion: reduce)');

/** A number that counts to where it goes within 150 ms; at once where motion is not wanted. */
export function CountedNumber({ value }: { readonly value: number }) {
  const [shown, setShown] = useState(value);
  const from = useRef(value);
  useEffect(() => {
    const start = from.current;
    if (start === value) return;
    if (still.matches) {
      from.current = value;
      setShown(value);
      return;
    }
    const beganMs = performance.now();
    let frame = requestAnimationFrame(function step(nowMs) {
      const part = Math.min(1, Math.max(0, nowMs - beganMs) / COUNT_MS);
      from.current = Math.round(start + (value - start) * part);
      setShown(from.current);
      if (part < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [value]);
  return <>{formatNumber(shown)}</>;
}
