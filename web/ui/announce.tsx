import { signal } from '@preact/signals';

/** A text that stands in its own line for a moment, and is read aloud once. */
const SHOWN_MS = 4_000;

const spoken = signal('');
const shown = signal('');
let hiding: ReturnType<typeof setTimeout> | undefined;

/** Reads a sentence to people who listen to the page; nothing is seen. The last one said wins. */
export function announce(text: string): void {
  // the same sentence twice is a change only with something between
  spoken.value = spoken.value === text ? `${text}\u00a0` : text;
}

/** A short line at the foot of the page, which also is announced. */
export function toast(text: string): void {
  announce(text);
  shown.value = text;
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    shown.value = '';
  }, SHOWN_MS);
}

/** Stands once in each app, before anything is announced: readers watch regions that were there first. */
export function LiveRegion() {
  return (
    <>
      <div class="unseen" role="status" aria-live="polite" data-live>
        {spoken.value}
      </div>
      {shown.value !== '' && (
        <div class="toast" aria-hidden="true">
          {shown.value}
        </div>
      )}
    </>
  );
}
