import { useEffect, useState } from 'preact/hooks';
import { PICTURE_MAX_BYTES } from '../../../protocol/pictures.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { PICTURE_TYPES } from '../run/option-picture.tsx';
import type { PictureDraft } from './draft.ts';
import { t } from './texts.ts';

const MEGABYTE_BYTES = 1024 * 1024;

function problemOf({ type, size }: File): string {
  if (!PICTURE_TYPES.includes(type)) return t('form.pictureFormat');
  return size > PICTURE_MAX_BYTES ? t('form.pictureTooLarge', { megabytes: PICTURE_MAX_BYTES / MEGABYTE_BYTES }) : '';
}

/** A picture of the campaign with what it will look like; it is sent with the rest of the form. */
export function PictureField(props: {
  readonly id: 'banner' | 'icon';
  readonly label: string;
  readonly hint: string;
  readonly picture: PictureDraft;
  /** what the gateway said of it */
  readonly error: string | undefined;
  readonly onChange: (picture: PictureDraft) => void;
}) {
  const { id, label, hint, picture, onChange } = props;
  const [problem, setProblem] = useState('');
  const error = problem === '' ? props.error : problem;
  useEffect(
    () => () => {
      if (picture.file != null && picture.url !== null) URL.revokeObjectURL(picture.url);
    },
    [picture.url],
  );
  const take = (file: File) => {
    const found = problemOf(file);
    setProblem(found);
    if (found === '') onChange({ file, url: URL.createObjectURL(file) });
  };
  return (
    <div class={error === undefined ? 'field campaign-picture' : 'field field-wrong campaign-picture'}>
      <span class="field-label" id={`${id}-label`}>
        {label}
      </span>
      <p class="field-hint" id={`${id}-hint`}>
        {hint}
      </p>
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`} role="alert">
          <Icon name="warning" /> {error}
        </p>
      )}
      {picture.url !== null && <img class={`campaign-${id}-preview`} src={picture.url} alt={t('form.pictureAlt')} />}
      <div class="row">
        <label class="button button-plain">
          <span>{picture.url === null ? t('form.pictureChoose') : t('form.pictureOther')}</span>
          <input
            id={id}
            class="unseen"
            type="file"
            accept={PICTURE_TYPES.join()}
            aria-labelledby={`${id}-label`}
            aria-describedby={error === undefined ? `${id}-hint` : `${id}-hint ${id}-error`}
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file !== undefined) take(file);
              event.currentTarget.value = ''; // the same one can be chosen again when it has been mended
            }}
          />
        </label>
        {picture.url !== null && (
          <Button kind="quiet" onClick={() => onChange({ file: null, url: null })}>
            {t('form.pictureRemove')}
          </Button>
        )}
      </div>
    </div>
  );
}
