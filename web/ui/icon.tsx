/** Drawn on a grid of 24, in the colour of the text. */
const PATHS = {
  check: 'M5 12.5l4.500 4.500L19 7.500',
  cross: 'M6 6l12 12M18 6L6 18',
  minus: 'M6 12h12',
  plus: 'M12 6v12M6 12h12',
  up: 'M6 14.500l6-6 6 6',
  down: 'M6 9.500l6 6 6-6',
  back: 'M14.500 6l-6 6 6 6',
  forward: 'M9.500 6l6 6-6 6',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  search: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500L20 20',
  clock: 'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 7.500V12l3 2',
  offline:
    'M3 3l18 18M8.500 16.500a5 5 0 0 1 7 0M5.500 13a9.500 9.500 0 0 1 4-2.300M18.500 13a9.500 9.500 0 0 0-4.500-2.500M12 20h.01',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5',
  warning: 'M12 4l9 16H3zM12 10v4.500M12 17.500h.01',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  people:
    'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20a6.500 6.500 0 0 1 13 0M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14a6.500 6.500 0 0 1 3.500 6',
  bell: 'M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15zM10 20.500h4',
  hand: 'M7.500 12V6a1.500 1.500 0 0 1 3 0v5M10.500 10.500V4.500a1.500 1.500 0 0 1 3 0v6M13.500 10.500V6a1.500 1.500 0 0 1 3 0v8c0 4-2.500 6.500-5.500 6.500S6.500 19 5 16l-1.500-3a1.500 1.500 0 0 1 2.600-1.500l1.400 2',
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside words: hidden from readers, because the words say it. `mirrored`: turns round from right to left. */
export function Icon({ name, mirrored = false }: { readonly name: IconName; readonly mirrored?: boolean }) {
  return (
    <svg class={mirrored ? 'icon icon-mirrored' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
