import { effect, type ReadonlySignal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** Rows move by themselves once nobody has touched the list for so long. */
const PAUSE_MS = 6_000;
const LOOK_MS = 1_000;

/** Coins of an idea; undefined while they are not known. */
type CoinsOf = (id: string) => number | undefined;

/** Most coins first; what is level stays as it stood. */
function byCoins(ids: readonly string[], coinsOf: CoinsOf): readonly string[] {
  return [...ids].sort((a, b) => (coinsOf(b) ?? 0) - (coinsOf(a) ?? 0));
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

export interface Order {
  /** ids in the order in which they stand */
  readonly ids: ReadonlySignal<readonly string[]>;
  /** coins have moved so that the order would be another one by now */
  readonly isOld: ReadonlySignal<boolean>;
  /** puts them in order now */
  readonly settle: () => void;
  /** for the list: told of every finger and mouse upon it */
  readonly touched: () => void;
}

/**
 * The order of a live list, which never changes under a finger: only when it is asked for, or once the list has been left
 * alone for a while. What is loaded later stands behind what is there.
 * @param given ids as they were read
 * @param coinsOf undefined where the order stays as it was read
 */
export function useOrder(given: readonly string[], coinsOf: CoinsOf | undefined): Order {
  const ids = useSignal<readonly string[]>(given);
  const touchedMs = useRef(0);
  const list = given.join();
  const known = ids.value.filter((id) => given.includes(id));
  const isNewList = known.length === 0;
  useEffect(() => {
    ids.value = isNewList ? given : [...known, ...given.filter((id) => !known.includes(id))];
  }, [list]);
  const isOld = useComputed(
    () =>
      coinsOf !== undefined &&
      ids.value.every((id) => coinsOf(id) !== undefined) &&
      !isSame(ids.value, byCoins(ids.value, coinsOf)),
  );
  const settled = useRef(false);
  const settle = () => {
    if (coinsOf !== undefined) ids.value = byCoins(ids.peek(), coinsOf);
  };
  const touched = () => {
    touchedMs.current = performance.now();
  };
  // the list as it was read may be a second behind: its first order is that of the live board
  useEffect(() =>
    effect(() => {
      if (settled.current || ids.value.length === 0 || coinsOf === undefined) return;
      if (!ids.value.every((id) => coinsOf(id) !== undefined)) return;
      settled.current = true;
      if (touchedMs.current === 0) settle();
    }),
  );
  useEffect(() => {
    const timer = setInterval(() => {
      const isInUse = document.activeElement?.closest('[data-board]') != null;
      if (isOld.peek() && !isInUse && performance.now() - touchedMs.current > PAUSE_MS) settle();
    }, LOOK_MS);
    return () => clearInterval(timer);
  });
  return { ids, isOld, settle, touched };
}
