import { useRef } from 'preact/hooks';
import { announce } from '../../ui/announce.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { letterOf } from '../../ui/options.ts';
import { t } from '../texts.ts';
import type { DraftOption } from './draft.ts';
import { OptionPicture } from './option-picture.tsx';

/** The option in words, by its letter while it has no name. */
function nameOf({ title }: DraftOption, index: number): string {
  return title.trim() === '' ? letterOf(index) : title;
}

/** The options in their order: names, words about them, pictures; moved up and down by buttons. */
export function OptionsEditor(props: {
  readonly options: readonly DraftOption[];
  readonly error: string | undefined;
  /** takes the options as they are by then: a picture may have been on its way while something else was changed */
  readonly onChange: (alter: (options: readonly DraftOption[]) => readonly DraftOption[]) => void;
}) {
  const { options, error, onChange } = props;
  const change = (key: number, more: Partial<DraftOption>) =>
    onChange((present) => present.map((option) => (option.key === key ? { ...option, ...more } : option)));
  const lastKey = useRef(0); // never used again: a picture that is on its way belongs to an option that may be gone
  const add = () => {
    lastKey.current = Math.max(lastKey.current, ...options.map(({ key }) => key)) + 1;
    const option = { key: lastKey.current, title: '', description: '' };
    onChange((present) => [...present, option]);
  };
  const move = (from: number, to: number) => {
    const option = options[from];
    if (option === undefined) return;
    onChange((present) => {
      const others = present.filter(({ key }) => key !== option.key);
      const itself = present.filter(({ key }) => key === option.key);
      return [...others.slice(0, to), ...itself, ...others.slice(to)];
    });
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
            <span class="option-acts">
              <IconButton
                icon="up"
                label={t('form.up', { title: nameOf(option, i) })}
                disabled={i === 0}
                onClick={() => move(i, i - 1)}
              />
              <IconButton
                icon="down"
                label={t('form.down', { title: nameOf(option, i) })}
                disabled={i === options.length - 1}
                onClick={() => move(i, i + 1)}
              />
              <IconButton
                icon="cross"
                label={t('form.remove', { title: nameOf(option, i) })}
                disabled={options.length <= 2}
                onClick={() => onChange((present) => present.filter(({ key }) => key !== option.key))}
              />
            </span>
          </div>
          <details>
            <summary>
              {t('form.more')}
              <span class="unseen"> {nameOf(option, i)}</span>
            </summary>
            <div class="stack">
              <Field
                id={`description-${option.key}`}
                label={t('form.optionDescription')}
                value={option.description}
                onInput={(description) => change(option.key, { description })}
                lines={3}
                maxLength={5_000}
              />
              <OptionPicture option={option} name={nameOf(option, i)} onChange={(more) => change(option.key, more)} />
            </div>
          </details>
        </div>
      ))}
      <div class="row">
        <Button icon="plus" onClick={add}>
          {t('form.addOption')}
        </Button>
      </div>
    </fieldset>
  );
}
