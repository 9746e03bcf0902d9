import { Button } from '../../ui/button.tsx';
import { formatNumber } from '../../ui/i18n.ts';
import { Stepper } from '../../ui/stepper.tsx';
import { t } from '../texts.ts';
import { type BallotFormProps, type Option, withValue } from './content.ts';
import { OptionWords } from './option-words.tsx';

/** A scale of more values than this is typed, not tapped. */
const TAPPED_VALUES_MAX = 11;

/** In one row as long as thumbs can tell them apart, else in two of about the same length. */
function columnsOf(steps: number): number {
  return steps <= 6 ? steps : Math.ceil(steps / 2);
}

interface ScaleProps {
  readonly option: Option;
  readonly index: number;
  /** best or lowest first, as it is read */
  readonly steps: readonly { readonly value: number; readonly text: string }[];
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
  /** grades have names and need room */
  readonly named: boolean;
}

function Scale({ option, index, steps, value, onChange, named }: ScaleProps) {
  return (
    <fieldset class="scale">
      <legend>
        <OptionWords option={option} index={index} />
      </legend>
      <div class={named ? 'scale-steps scale-named' : 'scale-steps'} style={{ '--columns': columnsOf(steps.length) }}>
        {steps.map((step) => (
          <label key={step.value} class="scale-step">
            <input
              type="radio"
              name={`scale-${option.id}`}
              checked={step.value === value}
              onChange={() => onChange(step.value)}
            />
            <span class="figures">{step.text}</span>
          </label>
        ))}
      </div>
      {value !== undefined && (
        <Button kind="quiet" label={`${t('vote.clear')}: ${option.title}`} onClick={() => onChange(undefined)}>
          {t('vote.clear')}
        </Button>
      )}
    </fieldset>
  );
}

/** A whole number for each option, tapped on a row of radios; long scales are typed. */
export function ScoreForm(props: BallotFormProps<'score', { readonly scores: Readonly<Record<string, number>> }>) {
  const { election, settings, content, onChange } = props;
  const { min, max } = settings;
  const set = (id: string, value: number | undefined) => onChange({ scores: withValue(content.scores, id, value) });
  const tapped = max - min < TAPPED_VALUES_MAX;
  const steps = tapped
    ? Array.from({ length: max - min + 1 }, (_, i) => ({ value: min + i, text: formatNumber(min + i) }))
    : [];
  return (
    <div class="option-list">
      <p class="ballot-hint">{t('score.hint', { min, max })}</p>
      {election.options.map((option, index) => {
        const value = content.scores[option.id];
        if (tapped) {
          const shared = { option, index, steps, value, named: false };
          return <Scale key={option.id} {...shared} onChange={(wanted) => set(option.id, wanted)} />;
        }
        return (
          <div key={option.id} class="stepped">
            <OptionWords option={option} index={index} />
            <Stepper
              id={`score-${option.id}`}
              label={option.title}
              value={value ?? Math.max(min, Math.min(max, 0))}
              min={min}
              max={max}
              onChange={(wanted) => set(option.id, wanted)}
            />
          </div>
        );
      })}
    </div>
  );
}

/** A grade for each option; what is sent is its place in the list, 0 the best. */
export function JudgmentForm(
  props: BallotFormProps<'judgment', { readonly grades: Readonly<Record<string, number>> }>,
) {
  const { election, settings, content, onChange } = props;
  const steps = settings.grades.map((text, value) => ({ value, text }));
  return (
    <div class="option-list">
      <p class="ballot-hint">{t('judgment.hint', { worst: settings.grades.at(-1) ?? '' })}</p>
      {election.options.map((option, index) => (
        <Scale
          key={option.id}
          option={option}
          index={index}
          steps={steps}
          value={content.grades[option.id]}
          named
          onChange={(value) => onChange({ grades: withValue(content.grades, option.id, value) })}
        />
      ))}
    </div>
  );
}
