import { z } from 'zod';
import type { Picture } from '../../engine/index.ts';
import { PICTURE_MAX_BYTES, PICTURE_MEDIA_TYPES, pictureView } from '../../protocol/pictures.ts';
import { id } from '../../protocol/text.ts';
import { type Operation, operation, replyWith } from './operation.ts';

export const addressOf = (pictureId: string) => `/v1/pictures/${pictureId}`;

export function pictureAsJson({ pictureId, width, height, bytes }: Picture) {
  return { picture_id: pictureId, url: addressOf(pictureId), width, height, bytes };
}

const upload = operation({
  id: 'uploadPicture',
  method: 'post',
  path: '/v1/pictures',
  tag: 'Pictures',
  summary: 'Upload a picture of an option',
  description:
    'PNG, JPEG or WebP. It is made anew, at most 800 pixels wide and high, without anything that the file carried ' +
    'beside it. Name its picture_id in an option.',
  permission: 'elections.create',
  file: { mediaTypes: PICTURE_MEDIA_TYPES, maxBytes: PICTURE_MAX_BYTES, description: 'The picture, at most 2 MiB.' },
  creates: true,
  success: { 201: { description: 'The picture.', schema: pictureView } },
  failures: ['invalid_input', 'over_quota', 'database_away', 'outcome_unknown'],
  handle: async ({ engine, identity, file }) => {
    const outcome = await engine.pictures.add(identity.orgId, file?.bytes ?? new Uint8Array(), identity.id);
    return replyWith(outcome, (picture) => ({
      status: 201,
      body: pictureAsJson(picture),
      headers: { location: addressOf(picture.pictureId) },
    }));
  },
});

const get = operation({
  id: 'getPicture',
  method: 'get',
  path: '/v1/pictures/{picture_id}',
  tag: 'Pictures',
  summary: 'Show a picture',
  description: 'For an <img>: whoever knows the id may look. What an id shows never changes.',
  permission: null,
  params: z.strictObject({ picture_id: id }),
  immutable: true,
  alwaysAdmitted: true, // a hall asks for the same few at one moment, and they are in memory
  success: { 200: { description: 'The picture.', mediaType: 'image/webp' } },
  failures: ['not_found', 'database_away'],
  handle: async ({ engine, params }) =>
    replyWith(await engine.pictures.content(params.picture_id), (content) => ({
      status: 200,
      bytes: { type: 'image/webp', content },
      headers: { 'content-disposition': 'inline' },
      etag: params.picture_id,
    })),
});

export const pictureOperations: readonly Operation[] = [upload, get];
