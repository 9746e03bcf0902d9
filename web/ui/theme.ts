import { effect, signal } from '@preact/signals';
import { readStored, writeStored } from './stored.ts';

/** auto follows the device. */
export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORED = 'psephos.theme';
const stored = readStored(STORED) as Theme | undefined;

export const theme = signal<Theme>(stored !== undefined && THEMES.includes(stored) ? stored : 'auto');

effect(() => {
  if (theme.value === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});

export function chooseTheme(chosen: Theme): void {
  writeStored(STORED, chosen);
  theme.value = chosen;
}
