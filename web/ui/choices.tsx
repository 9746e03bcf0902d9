import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

/** One of several as radio buttons under a legend. */
export function Choices<T extends string>(props: {
  readonly name: string;
  readonly legend: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: ComponentChildren; readonly hint?: string }[];
  readonly onChange: (value: T) => void;
}) {
  const { name, legend, value, options, onChange } = props;
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {options.map((option) => (
        <label class="choice" key={option.value}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>
            {option.text}
            {option.hint !== undefined && <span class="soft small block">{option.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Any number of several as tick boxes under a legend. */
export function Ticks<T extends string>(props: {
  readonly id: string;
  readonly legend: string;
  readonly chosen: readonly T[];
  readonly options: readonly { readonly value: T; readonly text: string; readonly hint?: string }[];
  readonly onChange: (chosen: readonly T[]) => void;
  readonly error?: string | undefined;
  /** beside: in rows, for few short words; columns: below each other, as many columns as fit; left out: one column */
  readonly layout?: 'beside' | 'columns';
}) {
  const { id, legend, chosen, options, onChange, error, layout } = props;
  return (
    <fieldset
      class={layout === undefined ? 'choices' : `choices choices-${layout}`}
      id={id}
      tabIndex={-1}
      aria-describedby={error === undefined ? undefined : `${id}-error`}
    >
      <legend>{legend}</legend>
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="warning" /> {error}
        </p>
      )}
      {options.map(({ value, text, hint }) => (
        <label class="choice" key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ currentTarget: { checked } }) =>
              onChange(checked ? [...chosen, value] : chosen.filter((each) => each !== value))
            }
          />
          <span>
            {text}
            {hint !== undefined && <span class="soft small block">{hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** One of many as a native list. */
export function Select<T extends string>(props: {
  readonly id: string;
  readonly label: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly onChange: (value: T) => void;
}) {
  const { id, label, value, options, onChange } = props;
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <select id={id} class="field-input" value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </div>
  );
}
