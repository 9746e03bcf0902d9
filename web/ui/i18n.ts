import { signal } from '@preact/signals';
import { createInstance } from 'i18next';
import { readStored, writeStored } from './stored.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';

export const LOCALES = ['en', 'de'] as const;
export type Locale = (typeof LOCALES)[number];
/** Each language in its own words, for whoever cannot read the present one. */
export const LOCALE_NAMES: Readonly<Record<Locale, string>> = { en: 'English', de: 'Deutsch' };

/** Whose numbers and times: a clock of 24 hours in both. */
const FORMATS: Readonly<Record<Locale, string>> = { en: 'en-GB', de: 'de-DE' };

/** Locales written from right to left; styles use logical properties only, so nothing else has to know. */
const RIGHT_TO_LEFT: readonly string[] = [];

type Catalogue = Readonly<Record<string, string>>;
/** `votes_one` and `votes_other` are one key, `votes`, that is asked for with {count}. */
type KeyOf<C> = keyof C extends infer K
  ? K extends `${infer Base}_one`
    ? Base
    : K extends `${string}_other`
      ? never
      : K
  : never;
type Values = Readonly<Record<string, string | number>>;
export type Translate<C> = (key: KeyOf<C> & string, values?: Values) => string;

const STORED = 'psephos.locale';

function isLocale(value: unknown): value is Locale {
  return (LOCALES as readonly unknown[]).includes(value);
}

function preferred(): Locale {
  const stored = readStored(STORED);
  if (isLocale(stored)) return stored;
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLocale);
  return spoken ?? 'en';
}

/** The language of the page; whatever is translated in a component is drawn anew when it changes. */
export const locale = signal<Locale>(preferred());

const engine = createInstance();
void engine.init({
  lng: locale.value,
  fallbackLng: false,
  resources: {},
  initAsync: false, // all texts are in the bundle: nothing to wait for
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false }, // Preact escapes
});
applyToDocument(locale.value);

export function chooseLocale(chosen: Locale): void {
  void engine.changeLanguage(chosen);
  applyToDocument(chosen);
  writeStored(STORED, chosen);
  locale.value = chosen;
}

function applyToDocument(chosen: Locale): void {
  document.documentElement.lang = chosen;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(chosen) ? 'rtl' : 'ltr';
}

/** The texts of one app -> its translator. Keys are checked against the English catalogue by the compiler. */
export function textsOf<C extends Catalogue>(
  namespace: string,
  catalogues: { readonly en: C; readonly de: Readonly<Record<keyof C & string, string>> },
): Translate<C> {
  for (const language of LOCALES) engine.addResourceBundle(language, namespace, catalogues[language]);
  const translate: (key: string, options: Record<string, string | number>) => string = engine.t;
  return (key, values = {}) => translate(key, { ...values, ns: namespace, lng: locale.value });
}

/** Texts of the shared pieces. */
export const t = textsOf('ui', { en, de });

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(FORMATS[locale.value]).format(value);
}

/** Amounts come as decimal text, exact to a millionth. */
export function formatAmount(amount: string): string {
  return new Intl.NumberFormat(FORMATS[locale.value], { maximumFractionDigits: 6 }).format(Number(amount));
}

/** 0.4271 -> "42.7%" */
export function formatShare(share: number): string {
  return new Intl.NumberFormat(FORMATS[locale.value], { style: 'percent', maximumFractionDigits: 1 }).format(share);
}

export function formatTime(moment: string | Date): string {
  return new Intl.DateTimeFormat(FORMATS[locale.value], { hour: '2-digit', minute: '2-digit' }).format(
    new Date(moment),
  );
}

export function formatMoment(moment: string | Date): string {
  return new Intl.DateTimeFormat(FORMATS[locale.value], { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(moment),
  );
}

/** A day without its time, or what else of a moment `options` name. */
export function formatDay(
  moment: string | Date,
  options: Intl.DateTimeFormatOptions = { dateStyle: 'medium' },
): string {
  return new Intl.DateTimeFormat(FORMATS[locale.value], options).format(new Date(moment));
}
