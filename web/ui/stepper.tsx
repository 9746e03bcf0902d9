import { IconButton } from './button.tsx';
import { t } from './i18n.ts';

export interface StepperProps {
  readonly id: string;
  /** what is counted, e.g. the option's title */
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
  /** ids of what else describes it, e.g. its cost */
  readonly describedBy?: string;
}

/** A whole number with a button on either side; the number itself can be typed as well. */
export function Stepper({ id, label, value, min, max, onChange, describedBy }: StepperProps) {
  const set = (wanted: number) => onChange(Math.max(min, Math.min(max, Math.trunc(wanted) || 0)));
  return (
    <div class="stepper">
      <IconButton
        icon="minus"
        label={t('stepper.less', { label })}
        disabled={value <= min}
        onClick={() => set(value - 1)}
      />
      <input
        id={id}
        class="stepper-value figures"
        type="number"
        inputMode="numeric"
        min={min}
        max={max}
        value={value}
        aria-label={label}
        aria-describedby={describedBy}
        onChange={(event) => {
          set(event.currentTarget.valueAsNumber);
          event.currentTarget.value = String(value); // what was typed may be out of bounds
        }}
      />
      <IconButton
        icon="plus"
        label={t('stepper.more', { label })}
        disabled={value >= max}
        onClick={() => set(value + 1)}
      />
    </div>
  );
}
