import { useEffect, useState } from 'preact/hooks';
import { readInTab, writeInTab } from './stored.ts';

const SCROLL = 'scroll';

/** The page that was reloaded; on any other a choice begins anew. */
const reloaded =
  (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined)?.type === 'reload'
    ? location.pathname
    : undefined;

/** A choice that a reload keeps: what a list is narrowed to. Whoever leaves the list comes back to `initial`. */
export function useKept<T extends string>(name: string, initial: T): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const kept = reloaded === location.pathname ? readInTab(name) : null;
    return (kept ?? initial) as T;
  });
  useEffect(() => () => writeInTab(name, initial), [name, initial]); // a reload ends the page without this
  return [
    value,
    (chosen) => {
      writeInTab(name, chosen);
      setValue(chosen);
    },
  ];
}

/** Where this page stood before it was reloaded; read once. */
let before: { readonly path: string; readonly top: number } | undefined;

function takeBefore(): void {
  const [path = '', top = ''] = (readInTab(SCROLL) ?? '').split(' ');
  if (path === reloaded && Number(top) > 0) before = { path, top: Number(top) };
  addEventListener('pagehide', () => writeInTab(SCROLL, `${location.pathname} ${scrollY}`));
}

takeBefore();

/** After a reload a list stands where it stood, once its rows are there. */
export function useKeptScroll(ready: boolean): void {
  useEffect(() => {
    if (!ready || before === undefined) return;
    if (before.path === location.pathname) scrollTo(0, before.top);
    before = undefined;
  }, [ready]);
}
