import { useEffect, useState } from 'preact/hooks';

/** A network that was away for a moment. */
const AGAIN_MS = 1_500;

/** A part of the page that is fetched when it is first shown; undefined until it is here. Asks again where that failed. */
export function useLoaded<T>(load: () => Promise<T>): T | undefined {
  const [loaded, setLoaded] = useState<{ readonly part: T }>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const ask = () =>
      load().then(
        (part) => !gone && setLoaded({ part }),
        () => {
          if (!gone) timer = setTimeout(ask, AGAIN_MS);
        },
      );
    void ask();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [load]);
  return loaded?.part;
}
