import type { ComponentChildren } from 'preact';

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
