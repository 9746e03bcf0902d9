import { PsephosError } from '../../client/index.ts';
import { REFUSAL_REASONS, type RefusalReason } from '../../protocol/refusal-reasons.ts';
import type { FieldError } from './field.tsx';
import { formatNumber, t } from './i18n.ts';
import { CODE_KEYS } from './refusal-codes.ts';

type Words = typeof import('./refusals/texts.ts').words;

let words: Words | undefined;

/** Fetches the words for reasons, once: most visits never need them. Without them every code still has its own. */
export async function loadRefusalWords(): Promise<void> {
  words ??= await import('./refusals/texts.ts').then(
    (loaded) => loaded.words,
    () => undefined,
  );
}

function isReason(reason: unknown): reason is RefusalReason {
  return (REFUSAL_REASONS as readonly unknown[]).includes(reason);
}

/** Of a session these say no more than that it is over; elsewhere they speak of links and codes. */
const OF_SESSIONS: readonly unknown[] = ['missing', 'unknown', 'expired', 'revoked'];

function reasonText({ code, details: { reason } }: PsephosError): string | undefined {
  if (!isReason(reason) || (code === 'AUTH_001' && OF_SESSIONS.includes(reason))) return undefined;
  return words?.(`reason.${reason}`);
}

function codeText({ code, details }: PsephosError): string | undefined {
  const key = CODE_KEYS[code];
  const count = Math.ceil(Number(details.retry_after_ms ?? 1_000) / 1_000); // seconds to wait
  return key === undefined ? undefined : t(key, { count });
}

/** Why a request was refused, in the page's language, and what now. A code that this page does not know yet speaks English. */
export function refusalText(error: unknown): string {
  if (!(error instanceof PsephosError)) return t('refusal.bug');
  return reasonText(error) ?? codeText(error) ?? error.message;
}

/** What the gateway says of one field; reason and params are missing where it is older than this page. */
interface Problem {
  readonly path: string;
  readonly problem: string;
  readonly reason?: string;
  readonly params?: Readonly<Record<string, string>>;
}

/** Figures as they are written here; lists of names without the quotes of programs. */
function shown(value: string): string {
  return /^-?[0-9]+$/.test(value) ? formatNumber(Number(value)) : value.replaceAll('"', '').replaceAll('|', ', ');
}

function fieldText({ problem, reason, params = {} }: Problem): string {
  if (reason === undefined || words === undefined) return problem;
  const key = `field.${reason}` as Parameters<Words>[0];
  const text = words(key, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, shown(value)])));
  return text === key ? problem : text;
}

/**
 * What the gateway finds wrong, at the fields of the page; what belongs to none of them leads to `at`.
 * @param ids what the gateway calls a field -> its id on the page, where that is another
 */
export function fieldErrorsOf(
  error: unknown,
  at: string,
  ids: Readonly<Record<string, string>> = {},
): readonly FieldError[] {
  const fields = error instanceof PsephosError ? error.details.fields : undefined;
  if (!Array.isArray(fields) || fields.length === 0) return [{ field: at, text: refusalText(error) }];
  const found = (fields as readonly Problem[]).map((field) => {
    const id = ids[field.path] ?? field.path;
    const isHere = document.getElementById(id) !== null;
    const label = document.querySelector(`label[for="${CSS.escape(id)}"]`)?.textContent ?? field.path;
    const text = fieldText(field);
    return { isHere, error: { field: isHere ? id : at, text: label === '' ? text : `${label}: ${text}` } };
  });
  const whole = reasonText(error as PsephosError);
  return whole !== undefined && !found.some(({ isHere }) => isHere)
    ? [{ field: at, text: whole }]
    : found.map((each) => each.error);
}
