import { z } from 'zod';
import { id } from './text.ts';

/** What may be uploaded; whatever comes is looked at by its content and made anew as WebP. */
export const PICTURE_MEDIA_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const;
export const PICTURE_MAX_BYTES = 2 * 1024 * 1024;

export const pictureView = z
  .strictObject({
    picture_id: id.meta({ description: 'Goes into an option as picture, or into a campaign as banner_id or icon_id.' }),
    url: z.string().meta({ description: 'Where it is shown from: without signing in, to whoever knows the id.' }),
    width: z.int().meta({ description: 'In pixels, at most 800; of a banner 1,600.' }),
    height: z.int().meta({ description: 'In pixels, at most 800; of a banner 1,600.' }),
    bytes: z.int(),
  })
  .meta({
    id: 'Picture',
    example: {
      picture_id: '5b0a7f4e-64c1-4f1d-9c0e-6d3b1f0a7c21',
      url: '/v1/pictures/5b0a7f4e-64c1-4f1d-9c0e-6d3b1f0a7c21',
      width: 800,
      height: 533,
      bytes: 48_210,
    },
  });
