import type { ComponentChildren } from 'preact';
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { LiveRegion } from './announce.tsx';
import { Button, IconButton } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { chooseLocale, LOCALE_NAMES, LOCALES, locale, t } from './i18n.ts';
import { chooseTheme, THEMES, type Theme, theme } from './theme.ts';

/** The sign of the house: a pebble. */
export function Pebble() {
  return (
    <svg class="pebble" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M16.6 3.400c6.900-.5 12.300 4.300 12.600 11.200.3 7.600-5.400 13.600-13 13.900C8.500 28.800 3 24 2.800 17.100 2.500 9.300 9.200 3.900 16.600 3.400Z" />
    </svg>
  );
}

function themeName(each: Theme): string {
  const names = { auto: t('settings.theme.auto'), light: t('settings.theme.light'), dark: t('settings.theme.dark') };
  return names[each];
}

/** Language and colours, behind one button: for every app. */
export function DisplaySettings() {
  const [open, setOpen] = useState(false);
  const choice = <T extends string>(name: string, value: T, chosen: T, choose: (value: T) => void, text: string) => (
    <label class="choice" key={value} lang={name === 'locale' ? value : undefined}>
      <input type="radio" name={name} checked={value === chosen} onChange={() => choose(value)} />
      <span>{text}</span>
    </label>
  );
  return (
    <>
      <IconButton icon="settings" label={t('settings.open')} onClick={() => setOpen(true)} />
      <Dialog open={open} title={t('settings.title')} onClose={() => setOpen(false)}>
        <fieldset class="choices">
          <legend>{t('settings.language')}</legend>
          {LOCALES.map((each) => choice('locale', each, locale.value, chooseLocale, LOCALE_NAMES[each]))}
        </fieldset>
        <fieldset class="choices">
          <legend>{t('settings.theme')}</legend>
          {THEMES.map((each) => choice('theme', each, theme.value, chooseTheme, themeName(each)))}
        </fieldset>
        <div class="dialog-acts">
          <Button kind="primary" onClick={() => setOpen(false)}>
            {t('settings.done')}
          </Button>
        </div>
      </Dialog>
    </>
  );
}

/** Past the head, without a trace in the address: fragments carry voting tokens. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

/**
 * What stands around each page: a way past the head for keyboards, the head with the house's sign, the content, the live
 * region. `title` stands in the head, e.g. the meeting's; `acts` beside the display settings.
 */
export function Shell(props: {
  readonly title?: string | undefined;
  readonly acts?: ComponentChildren;
  readonly children: ComponentChildren;
  /** narrow: one column, made for a phone; wide: the whole window */
  readonly width?: 'narrow' | 'wide';
}) {
  const { title, acts, children, width = 'narrow' } = props;
  return (
    <div class={`shell shell-${width}`}>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads within the page, and must not leave a fragment in the address */}
      <a class="skip" href="#content" onClick={skip}>
        {t('skip')}
      </a>
      <header class="head">
        <span class="head-mark">
          <Pebble />
          <span class={title === undefined ? 'head-name' : 'head-name head-name-small'}>Psephos</span>
        </span>
        {title !== undefined && <span class="head-title">{title}</span>}
        <span class="head-acts">
          {acts}
          <DisplaySettings />
        </span>
      </header>
      <main id="content" class="content" tabIndex={-1}>
        {children}
      </main>
      <LiveRegion />
    </div>
  );
}

/** Puts an app into its page. */
export function startApp(app: ComponentChildren): void {
  const place = document.getElementById('app') as HTMLElement;
  place.textContent = ''; // the first words of the HTML, for the moment before
  render(app, place);
}
