import { computed, effect, signal } from '@preact/signals';
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

const system = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(system.matches);
system.addEventListener('change', () => {
  systemIsDark.value = system.matches;
});

/** For drawings that take their colours once: whether the page is dark now. Styles know by themselves. */
export const isDark = computed(() => (theme.value === 'auto' ? systemIsDark.value : theme.value === 'dark'));

export function chooseTheme(chosen: Theme): void {
  writeStored(STORED, chosen);
  theme.value = chosen;
}
