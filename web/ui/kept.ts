import { useEffect, useState } from 'preact/hooks';

const PREFIX = 'psephos.tab.';
const SCROLL = `${PREFIX}scroll`;

function read(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null; // refused in some private windows: then a reload begins anew
  }
}

function write(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // as above
  }
}

/** Keeps a text for this tab, over pages of other sites too, until it is taken; nothing where it is empty. */
export function keepInTab(name: string, text: string): void {
  write(PREFIX + name, text);
}

/** What was kept in this tab, once; '' where nothing was. */
export function takeFromTab(name: string): string {
  const text = read(PREFIX + name) ?? '';
  if (text !== '') write(PREFIX + name, '');
  return text;
}

/** The page that was reloaded; on any other a choice begins anew. */
const reloaded =
  (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming | undefined)?.type === 'reload'
    ? location.pathname
    : undefined;

/** A choice that a reload keeps: what a list is narrowed to. Whoever leaves the list comes back to `initial`. */
export function useKept<T extends string>(name: string, initial: T): [T, (value: T) => void] {
  const key = PREFIX + name;
  const [value, setValue] = useState<T>(() => {
    const kept = reloaded === location.pathname ? read(key) : null;
    return (kept ?? initial) as T;
  });
  useEffect(() => () => write(key, initial), [key, initial]); // a reload ends the page without this
  return [
    value,
    (chosen) => {
      write(key, chosen);
      setValue(chosen);
    },
  ];
}

/** Where this page stood before it was reloaded; read once. */
let before: { readonly path: string; readonly top: number } | undefined;

function takeBefore(): void {
  const [path = '', top = ''] = (read(SCROLL) ?? '').split(' ');
  if (path === reloaded && Number(top) > 0) before = { path, top: Number(top) };
  addEventListener('pagehide', () => write(SCROLL, `${location.pathname} ${scrollY}`));
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
