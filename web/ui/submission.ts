import { useState } from 'preact/hooks';
import { PsephosError } from '../../client/index.ts';
import type { FieldError } from './field.tsx';
import { t } from './i18n.ts';

/** Why a request was refused, in the page's language, and what now. */
export function refusalText(error: unknown): string {
  if (!(error instanceof PsephosError)) return t('refusal.bug');
  const wait = Math.ceil(Number(error.details.retry_after_ms ?? 1_000) / 1_000);
  switch (error.code) {
    case 'UNREACHABLE':
    case 'LOAD_001':
    case 'LOAD_003':
    case 'LOAD_004':
      return t('refusal.unreachable');
    case 'LOAD_002':
      return t('refusal.tooOften', { count: wait });
    case 'AUTH_001':
      return t('refusal.signedOut');
    case 'AUTH_002':
      return t('refusal.notAllowed');
    case 'QUOTA_001':
      return t('refusal.quota');
    case 'NOT_FOUND_001':
      return t('refusal.notFound');
    case 'INTERNAL_001':
      return t('refusal.bug');
    default:
      return error.message;
  }
}

/** The fields that the gateway names; `at` is the whole form, for everything else. */
function fieldErrorsOf(error: unknown, at: string): readonly FieldError[] {
  const fields = error instanceof PsephosError ? error.details.fields : undefined;
  if (!Array.isArray(fields) || fields.length === 0) return [{ field: at, text: refusalText(error) }];
  return (fields as readonly { path: string; problem: string }[]).map(({ path, problem }) => ({
    field: path,
    text: `${path}: ${problem}`,
  }));
}

export interface Submission {
  readonly errors: readonly FieldError[];
  readonly busy: boolean;
  errorOf(field: string): string | undefined;
  /** Does the work unless there are problems already; what is refused then stands in `errors`. True when it was done. */
  submit(problems: readonly FieldError[], work: () => Promise<unknown>): Promise<boolean>;
}

/**
 * The life of one form: what is wrong with it, and whether it is being sent.
 * @param at id of the form's button: errors that belong to no field lead there
 * @param explain a better word for refusals that this form knows
 */
export function useSubmission(
  at: string,
  explain: (error: PsephosError) => readonly FieldError[] | undefined = () => undefined,
): Submission {
  const [errors, setErrors] = useState<readonly FieldError[]>([]);
  const [busy, setBusy] = useState(false);
  return {
    errors,
    busy,
    errorOf: (field) => errors.find((each) => each.field === field)?.text,
    async submit(problems, work) {
      setErrors(problems);
      if (problems.length > 0) return false;
      setBusy(true);
      try {
        await work();
        return true;
      } catch (error) {
        setErrors((error instanceof PsephosError ? explain(error) : undefined) ?? fieldErrorsOf(error, at));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
