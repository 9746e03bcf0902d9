import type { PsephosError } from '../../../client/index.ts';
import { Field, type FieldError } from '../../ui/field.tsx';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import type { DraftOption } from './draft.ts';
import { useRight } from './right.ts';

export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp'];
const ALT_MAX = 200;
const MEGABYTE_BYTES = 1024 * 1024;

/** Why the gateway does not take a picture, and which one it would take. */
export function explainPictureAt(field: string) {
  return ({ details }: PsephosError): readonly FieldError[] | undefined => {
    if (typeof details.max_bytes === 'number') {
      return [{ field, text: t('form.pictureTooLarge', { megabytes: details.max_bytes / MEGABYTE_BYTES }) }];
    }
    const [problem] = Array.isArray(details.fields)
      ? (details.fields as { reason?: string; params?: { millions?: string } }[])
      : [];
    const millions = problem?.params?.millions ?? '';
    const texts: Readonly<Record<string, string>> = {
      damaged: t('form.pictureDamaged'),
      no_picture_format: t('form.pictureFormat'),
      too_many_pixels: t('form.picturePixels', { millions }),
    };
    const text = texts[problem?.reason ?? ''];
    return text === undefined ? undefined : [{ field, text }];
  };
}

/** A picture beside the option, sent as soon as it is chosen, and what it shows in words. */
export function OptionPicture(props: {
  readonly option: DraftOption;
  /** the option, or its letter while it has no name */
  readonly name: string;
  readonly onChange: (more: Partial<DraftOption>) => void;
}) {
  const { option, name, onChange } = props;
  const { http } = useRight();
  const id = `picture-${option.key}`;
  const form = useSubmission(id, explainPictureAt(id));
  const isNew = option.picture === undefined;
  const send = (file: File) => {
    const problems = PICTURE_TYPES.includes(file.type) ? [] : [{ field: id, text: t('form.pictureFormat') }];
    return form.submit(problems, async () => {
      const call = { method: 'POST', path: '/v1/pictures', file: { content: file, mediaType: file.type } } as const;
      const made = await http.call<{ picture_id: string }>(call);
      onChange({ picture: made.picture_id });
    });
  };
  return (
    <>
      <div class="row option-picture">
        {!isNew && <img src={`/v1/pictures/${option.picture}`} alt={option.pictureAlt ?? ''} />}
        <label class="button button-plain" aria-busy={form.busy || undefined}>
          {form.busy && <span class="spinner" aria-hidden="true" />}
          {isNew ? t('form.picture') : t('form.pictureOther')}
          <input
            id={id}
            class="unseen"
            type="file"
            accept={PICTURE_TYPES.join()}
            aria-label={isNew ? t('form.pictureOf', { name }) : t('form.pictureOtherOf', { name })}
            aria-describedby={form.errors.length === 0 ? undefined : `${id}-error`}
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file !== undefined) void send(file);
              event.currentTarget.value = ''; // the same one can be chosen again when it has been mended
            }}
          />
        </label>
        {form.errors.map(({ text }) => (
          <span class="field-error" id={`${id}-error`} role="alert" key={text}>
            {text}
          </span>
        ))}
      </div>
      {!isNew && (
        <Field
          id={`picture-alt-${option.key}`}
          label={t('form.pictureAlt')}
          hint={t('form.pictureAltHint')}
          value={option.pictureAlt ?? ''}
          onInput={(pictureAlt) => onChange({ pictureAlt })}
          maxLength={ALT_MAX}
        />
      )}
    </>
  );
}
