import { api } from '../../ui/account-session.ts';
import { announce } from '../../ui/announce.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { letterOf } from '../../ui/options.ts';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import type { DraftOption } from './draft.ts';

const PICTURE_TYPES = 'image/png,image/jpeg,image/webp';

/** A picture beside the option, sent as soon as it is chosen. */
function Picture({ option, onChange }: { option: DraftOption; onChange: (picture: string | undefined) => void }) {
  const form = useSubmission(`picture-${option.key}`);
  const send = (file: File) =>
    form.submit([], async () => {
      const made = await api.call<{ picture_id: string }>({
        method: 'POST',
        path: '/v1/pictures',
        file: { content: file, mediaType: file.type },
      });
      onChange(made.picture_id);
    });
  return (
    <div class="row option-picture">
      {option.picture !== undefined && <img src={`/v1/pictures/${option.picture}`} alt="" />}
      <label class="button button-plain">
        {option.picture === undefined ? t('form.picture') : t('form.pictureOther')}
        <input
          id={`picture-${option.key}`}
          class="unseen"
          type="file"
          accept={PICTURE_TYPES}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            if (file !== undefined) void send(file);
          }}
        />
      </label>
      {form.errors.map(({ text }) => (
        <span class="field-error" role="alert" key={text}>
          {text}
        </span>
      ))}
    </div>
  );
}

/** The options in their order: names, words about them, pictures; moved up and down by buttons. */
export function OptionsEditor(props: {
  readonly options: readonly DraftOption[];
  readonly error: string | undefined;
  readonly onChange: (options: readonly DraftOption[]) => void;
}) {
  const { options, error, onChange } = props;
  const change = (key: number, more: Partial<DraftOption>) =>
    onChange(options.map((option) => (option.key === key ? { ...option, ...more } : option)));
  const move = (from: number, to: number) => {
    const moved = [...options];
    const [option] = moved.splice(from, 1);
    if (option === undefined) return;
    moved.splice(to, 0, option);
    onChange(moved);
    announce(t('form.moved', { title: option.title, place: to + 1, count: options.length }));
  };
  return (
    <fieldset class="stack options-editor" id="options" tabIndex={-1}>
      <legend class="field-label">{t('form.options')}</legend>
      {error !== undefined && <p class="field-error">{error}</p>}
      {options.map((option, i) => (
        <div class="card stack option-card" key={option.key}>
          <div class="option-row">
            <span class="soft" aria-hidden="true">
              {letterOf(i)}
            </span>
            <Field
              id={`option-${option.key}`}
              label={t('form.option', { letter: letterOf(i) })}
              value={option.title}
              onInput={(title) => change(option.key, { title })}
              maxLength={500}
            />
            <IconButton
              icon="up"
              label={t('form.up', { title: option.title || letterOf(i) })}
              disabled={i === 0}
              onClick={() => move(i, i - 1)}
            />
            <IconButton
              icon="down"
              label={t('form.down', { title: option.title || letterOf(i) })}
              disabled={i === options.length - 1}
              onClick={() => move(i, i + 1)}
            />
            <IconButton
              icon="cross"
              label={t('form.remove', { title: option.title || letterOf(i) })}
              disabled={options.length <= 2}
              onClick={() => onChange(options.filter(({ key }) => key !== option.key))}
            />
          </div>
          <details>
            <summary>{t('form.more')}</summary>
            <div class="stack">
              <Field
                id={`description-${option.key}`}
                label={t('form.optionDescription')}
                value={option.description}
                onInput={(description) => change(option.key, { description })}
                lines={3}
                maxLength={5_000}
              />
              <Picture option={option} onChange={(picture) => change(option.key, { picture })} />
            </div>
          </details>
        </div>
      ))}
      <div class="row">
        <Button
          icon="plus"
          onClick={() =>
            onChange([...options, { key: Math.max(...options.map(({ key }) => key)) + 1, title: '', description: '' }])
          }
        >
          {t('form.addOption')}
        </Button>
      </div>
    </fieldset>
  );
}
