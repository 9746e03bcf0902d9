import { useState } from 'preact/hooks';
import { PsephosError } from '../../client/index.ts';
import type { FieldError } from './field.tsx';
import { fieldErrorsOf, loadRefusalWords } from './refusal-words.ts';

export interface Submission {
  /** id of what errors lead to that belong to no field: the form's button, mostly */
  readonly at: string;
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
 * @param ids what the gateway calls a field -> its id on the page, where that is another
 */
export function useSubmission(
  at: string,
  explain: (error: PsephosError) => readonly FieldError[] | undefined = () => undefined,
  ids: Readonly<Record<string, string>> = {},
): Submission {
  const [errors, setErrors] = useState<readonly FieldError[]>([]);
  const [busy, setBusy] = useState(false);
  return {
    at,
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
        const known = error instanceof PsephosError ? explain(error) : undefined;
        if (known === undefined) await loadRefusalWords();
        setErrors(known ?? fieldErrorsOf(error, at, ids));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
