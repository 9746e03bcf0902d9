import { useEffect, useState } from 'preact/hooks';
import type { PageView } from '../../client/index.ts';
import { api } from './account-session.ts';
import { loadRefusalWords, refusalText } from './refusal-words.ts';

export interface Paged<T> {
  /** undefined until the first page is here */
  readonly items: readonly T[] | undefined;
  /** why it could not be read; '' while all is well */
  readonly problem: string;
  /** reads the next page; undefined on the last */
  readonly more: (() => void) | undefined;
  /** reads the first page again */
  readonly reload: () => Promise<void>;
}

type Query = Readonly<Record<string, string | undefined>>;

/** A list of the gateway, page after page. Starts over when the query changes; an answer that comes too late is dropped. */
export function usePaged<T>(path: string, query: Query = {}): Paged<T> {
  const [items, setItems] = useState<readonly T[]>();
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState('');
  const key = JSON.stringify([path, query]);
  const read = async (cursor: string | undefined, isGone: () => boolean) => {
    try {
      const page = await api.call<PageView<T>>({ method: 'GET', path, query: { ...query, cursor } });
      if (isGone()) return;
      setItems((before) => [...(cursor === undefined ? [] : (before ?? [])), ...page.items]);
      setNext(page.next_cursor);
      setProblem('');
    } catch (error) {
      await loadRefusalWords();
      if (!isGone()) setProblem(refusalText(error));
    }
  };
  useEffect(() => {
    let gone = false;
    void read(undefined, () => gone);
    return () => {
      gone = true;
    };
  }, [key]);
  return {
    items,
    problem,
    more: next === null ? undefined : () => void read(next, () => false),
    reload: () => read(undefined, () => false),
  };
}

/** A text that follows another once typing has paused. */
export function useSettled(text: string, pauseMs = 250): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text, pauseMs]);
  return settled;
}
