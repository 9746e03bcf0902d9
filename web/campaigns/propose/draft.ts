import { useState } from 'preact/hooks';
import { forgetStored, readStored, writeStored } from '../../ui/stored.ts';

/** An idea as far as it is written. */
export interface Draft {
  readonly title: string;
  readonly description: string;
  /** ids */
  readonly tags: readonly string[];
  /** as typed */
  readonly cost: string;
}

const EMPTY: Draft = { title: '', description: '', tags: [], cost: '' };

/** A draft that this device keeps until it is sent. @param about names it: a person, a campaign, and a context */
export function useDraft(about: string): [Draft, (change: Partial<Draft>) => void, () => void] {
  const key = `psephos.idea-draft.${about}`;
  const [draft, setDraft] = useState<Draft>(() => ({ ...EMPTY, ...(readStored(key) as Partial<Draft> | undefined) }));
  return [
    draft,
    (change) => {
      const changed = { ...draft, ...change };
      setDraft(changed);
      writeStored(key, changed);
    },
    () => forgetStored(key),
  ];
}
