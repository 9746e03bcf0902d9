import type { TargetedEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from './i18n.ts';
import { Icon } from './icon.tsx';

export interface FieldProps {
  /** unique in the page; the summary's links lead to it */
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly type?: 'text' | 'email' | 'password' | 'number' | 'datetime-local' | 'time' | 'search';
  /** lines of a text area */
  readonly lines?: number;
  /** one line of text that may be seen on two where the screen is narrow: Enter sends the form all the same */
  readonly wraps?: boolean;
  readonly autocomplete?: string;
  readonly inputMode?: 'text' | 'numeric' | 'decimal' | 'email' | 'search';
  readonly maxLength?: number;
  readonly required?: boolean;
  readonly spellcheck?: boolean;
  /** letters stand apart and are capitals: codes that are read from a screen */
  readonly code?: boolean;
}

/** A text field with its label above, its hint below the label, and its error beside it in words. */
export function Field({
  id,
  label,
  value,
  onInput,
  hint,
  error,
  wraps = false,
  lines = wraps ? 2 : undefined,
  code = false,
  type = 'text',
  ...input
}: FieldProps) {
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const shared = {
    id,
    name: id,
    value,
    class: code ? 'field-input field-code' : 'field-input',
    'aria-describedby': described === '' ? undefined : described,
    'aria-invalid': error === undefined ? undefined : ('true' as const),
    onInput: (event: TargetedEvent<HTMLInputElement | HTMLTextAreaElement>) => onInput(event.currentTarget.value),
  };
  return (
    <div class={error === undefined ? 'field' : 'field field-wrong'}>
      <label class="field-label" for={id}>
        {label}
      </label>
      {hint !== undefined && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="warning" /> {error}
        </p>
      )}
      {lines === undefined ? (
        <input {...shared} {...input} type={type as 'text'} />
      ) : (
        <textarea
          {...shared}
          {...input}
          class={wraps ? 'field-input field-wraps' : 'field-input'}
          rows={lines}
          onKeyDown={(event) => {
            if (!wraps || event.key !== 'Enter') return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
      )}
    </div>
  );
}

/** A file that is sent as soon as it is chosen; the same one can be chosen again when it has been mended. */
export function FileField(props: {
  readonly id: string;
  readonly label: string;
  /** as the attribute of that name: '.csv,text/csv' */
  readonly accept: string;
  readonly busy: boolean;
  readonly onFile: (file: File) => void;
}) {
  const { id, label, accept, busy, onFile } = props;
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="field-input"
        type="file"
        accept={accept}
        disabled={busy}
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file !== undefined) onFile(file);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
}

export interface FieldError {
  /** id of the field */
  readonly field: string;
  readonly text: string;
}

/** Everything that is wrong with a form, on top of it, with the way to each field. Takes the focus when it appears. */
export function ErrorSummary({ errors }: { readonly errors: readonly FieldError[] }) {
  const box = useRef<HTMLDivElement>(null);
  const key = errors.map(({ field, text }) => field + text).join();
  useEffect(() => {
    if (key !== '') box.current?.focus();
  }, [key]);
  if (errors.length === 0) return null;
  return (
    <div class="summary" ref={box} tabIndex={-1} role="alert" aria-labelledby="summary-title">
      <h2 id="summary-title">{t('errors.title')}</h2>
      <ul>
        {errors.map(({ field, text }) => (
          <li key={field}>
            <a
              href={`#${field}`}
              onClick={(event) => {
                event.preventDefault();
                document.getElementById(field)?.focus();
              }}
            >
              {text}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
