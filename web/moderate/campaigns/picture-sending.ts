import { useRef } from 'preact/hooks';
import type { z } from 'zod';
import type { PsephosError } from '../../../client/index.ts';
import type { pictureView } from '../../../protocol/pictures.ts';
import { api } from '../../ui/account-session.ts';
import type { FieldError } from '../../ui/field.tsx';
import { explainPictureAt } from '../run/option-picture.tsx';
import { pathOf } from './calls.ts';
import type { CampaignDraft } from './draft.ts';

const PLACES = ['banner', 'icon'] as const;
type Place = (typeof PLACES)[number];

interface PictureSending {
  /** Sends what was chosen, and answers what a change of the campaign says of it: {} where nothing was. */
  send(campaign: string, draft: CampaignDraft): Promise<Readonly<Record<string, string | null>>>;
  /** a refusal of the picture that was on its way, at its field */
  explain(error: PsephosError): readonly FieldError[] | undefined;
}

/** Pictures go with the form that they were chosen in: they belong to a campaign, which has to be there first. */
export function usePictureSending(): PictureSending {
  const onItsWay = useRef<Place | undefined>(undefined);
  const upload = async (campaign: string, place: Place, file: File): Promise<string> => {
    onItsWay.current = place;
    const made = await api.call<z.infer<typeof pictureView>>({
      method: 'POST',
      path: pathOf(campaign, 'pictures'),
      query: { for: place },
      file: { content: file, mediaType: file.type },
      creates: true,
    });
    onItsWay.current = undefined;
    return made.picture_id;
  };
  return {
    async send(campaign, draft) {
      const sent: Record<string, string | null> = {};
      for (const place of PLACES) {
        const { file } = draft[place];
        if (file === null) sent[`${place}_id`] = null;
        else if (file !== undefined) sent[`${place}_id`] = await upload(campaign, place, file);
      }
      return sent;
    },
    explain(error) {
      const place = onItsWay.current;
      onItsWay.current = undefined;
      return place === undefined ? undefined : explainPictureAt(place)(error);
    },
  };
}
