import { Stepper } from '../../ui/stepper.tsx';
import { t } from '../texts.ts';
import { type BallotFormProps, costOf, sumOf, withValue } from './content.ts';
import { OptionWords } from './option-words.tsx';

/** Points to spread: a stepper each, which goes no further than what is left. */
export function PointsForm(props: BallotFormProps<'points', { readonly points: Readonly<Record<string, number>> }>) {
  const { election, settings, content, onChange } = props;
  const { total, min_total: least, max_per_option: most = total } = settings;
  const left = total - sumOf(content.points);
  return (
    <div class="option-list">
      <p class="ballot-hint">
        {least === total ? t('points.hintAll', { total }) : t('points.hint', { total })}{' '}
        {most < total && t('points.hintMost', { most })}
      </p>
      {election.options.map((option, index) => {
        const value = content.points[option.id] ?? 0;
        return (
          <div key={option.id} class="stepped">
            <OptionWords option={option} index={index} />
            <Stepper
              id={`points-${option.id}`}
              label={option.title}
              value={value}
              min={0}
              max={Math.min(most, value + left)}
              onChange={(wanted) => onChange({ points: withValue(content.points, option.id, wanted || undefined) })}
            />
          </div>
        );
      })}
    </div>
  );
}

/** Votes that cost their square; the cost stands beside each. */
export function QuadraticForm(
  props: BallotFormProps<'quadratic', { readonly votes: Readonly<Record<string, number>> }>,
) {
  const { election, settings, content, onChange } = props;
  const { credits } = settings;
  const left = credits - spentOf(content.votes);
  return (
    <div class="option-list">
      <p class="ballot-hint">{t('quadratic.hint', { credits })}</p>
      {election.options.map((option, index) => {
        const value = content.votes[option.id] ?? 0;
        return (
          <div key={option.id} class="stepped">
            <OptionWords option={option} index={index} />
            <div class="stepped-value">
              <Stepper
                id={`votes-${option.id}`}
                label={option.title}
                value={value}
                min={0}
                max={Math.floor(Math.sqrt(costOf(value) + left))}
                describedBy={`cost-${option.id}`}
                onChange={(wanted) => onChange({ votes: withValue(content.votes, option.id, wanted || undefined) })}
              />
              <span id={`cost-${option.id}`} class="soft small figures">
                {t('quadratic.cost', { count: costOf(value) })}
              </span>
            </div>
          </div>
        );
      })}
    </div>
  );
}

/** What all votes of a quadratic ballot cost. */
export function spentOf(votes: Readonly<Record<string, number>>): number {
  return Object.values(votes).reduce((sum, value) => sum + costOf(value), 0);
}
