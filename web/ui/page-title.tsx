import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** The page that was loaded starts at its top by itself; from then on each new screen takes the focus. */
let isFirst = true;

/**
 * The title of a screen, and of the window. A screen that replaces another one puts the focus here, so that keyboards go
 * on from its top and readers hear what it is. `screen` names it: another name, another screen.
 */
export function PageTitle({ screen, text, children }: PageTitleProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${text} – Psephos`;
  }, [text]);
  useEffect(() => {
    if (isFirst) isFirst = false;
    else {
      heading.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }, [screen]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? text}
    </h1>
  );
}

interface PageTitleProps {
  readonly screen: string;
  readonly text: string;
  /** what is seen, where it is more than the text */
  readonly children?: ComponentChildren;
}
