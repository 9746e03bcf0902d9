import type { ComponentChildren } from 'preact';
import { PageTitle } from '../ui/page-title.tsx';

/** A screen that says one thing: not found, not allowed, nothing here; with the way on. */
export function PageNote(props: {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}) {
  const { title, text, children } = props;
  return (
    <section class="stack page-note">
      <PageTitle screen={title} text={title} />
      <p>{text}</p>
      {children}
    </section>
  );
}
