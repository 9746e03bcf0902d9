import { Button } from '../../ui/button.tsx';
import { t } from '../texts.ts';
import type { BallotFormProps, SettingsOf } from './content.ts';
import { OptionWords } from './option-words.tsx';

function hintOf({ min, max }: SettingsOf<'choose'>): string {
  if (max === 1) return t('choose.one');
  if (min === max) return t('choose.exactly', { max });
  return min <= 1 ? t('choose.upTo', { max }) : t('choose.between', { min, max });
}

/** Marks: radios where one may be marked, else boxes, of which no more can be ticked than may be. */
export function ChooseForm(props: BallotFormProps<'choose', { readonly options: readonly string[] }>) {
  const { election, settings, content, onChange } = props;
  const marked = new Set(content.options);
  const single = settings.max === 1;
  const full = marked.size >= settings.max;

  function mark(id: string, on: boolean) {
    const chosen = single ? new Set<string>() : new Set(marked);
    if (on) chosen.add(id);
    else chosen.delete(id);
    // in the order of the paper, so that the same marks are always the same ballot
    onChange({ options: election.options.map((option) => option.id).filter((each) => chosen.has(each)) });
  }

  return (
    <fieldset class="option-list">
      <legend class="ballot-hint">{hintOf(settings)}</legend>
      {election.options.map((option, index) => {
        const on = marked.has(option.id);
        return (
          <label key={option.id} class={!single && full && !on ? 'option-card option-card-off' : 'option-card'}>
            <input
              type={single ? 'radio' : 'checkbox'}
              name="option"
              checked={on}
              disabled={!single && full && !on}
              onChange={(event) => mark(option.id, event.currentTarget.checked)}
            />
            <OptionWords option={option} index={index} />
          </label>
        );
      })}
      {single && marked.size > 0 && (
        <Button kind="quiet" onClick={() => onChange({ options: [] })}>
          {t('vote.clear')}
        </Button>
      )}
    </fieldset>
  );
}
