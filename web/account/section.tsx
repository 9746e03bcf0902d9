import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

/** One matter of a page under its own heading. */
export function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const heading = useId();
  return (
    <section class="card stack" aria-labelledby={heading}>
      <h2 id={heading}>{title}</h2>
      {children}
    </section>
  );
}
