import { randomUUID } from 'node:crypto';
import type { FieldSentence } from '../../protocol/field-problems.ts';
import type { Database } from '../db/index.ts';
import { guarded } from '../guarded.ts';
import { limits } from '../limits.ts';
import { accept, type Outcome, refuse } from '../outcome.ts';
import { countPictures, findPicture, forgetUnusedPictures, insertPicture } from './picture-queries.ts';

export interface Picture {
  readonly pictureId: string;
  /** pixels */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

type Library = typeof import('sharp').default;
let library: Promise<Library> | undefined;

/** Loaded with the first picture: it takes 30 MB, and most processes never see one. */
function pictureLibrary(): Promise<Library> {
  library ??= import('sharp').then(({ default: sharp }) => {
    // Whatever else it can read (SVG with its references, PDF, TIFF) stays shut: files come from outside.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({
      operation: ['VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer'],
    });
    sharp.concurrency(1); // a picture must not take both cores from the ballots
    sharp.cache(false);
    return sharp;
  });
  return library;
}

const BEGINNINGS: readonly (readonly [kind: string, matches: (bytes: Buffer) => boolean])[] = [
  ['png', (bytes) => bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))],
  ['jpeg', (bytes) => bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))],
  ['webp', (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP'],
];
const WEBP_QUALITY = 82;

function unreadable(problem: FieldSentence): Outcome<never> {
  return refuse('invalid_input', `The picture cannot be used: it ${problem}.`, {
    details: { fields: [{ path: 'file', problem }] },
  });
}

/** Pictures of options and campaigns: what people upload is looked at by its content and made anew, without anything that hid in it. */
export class Pictures {
  readonly #database: Database;
  /** the newest asked for last; a hall opens one ballot at one moment, with the same pictures on each phone */
  readonly #kept = new Map<string, Buffer>();
  readonly #asked = new Map<string, Promise<Outcome<Buffer>>>();
  #keptBytes = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * @param bytes PNG, JPEG or WebP, whatever it was said to be
   * @param edgePixels how wide and high it is at most
   */
  async add(
    orgId: string,
    bytes: Uint8Array,
    actor: string,
    edgePixels: number = limits.pictureEdgePixels,
  ): Promise<Outcome<Picture>> {
    const made = await remade(Buffer.from(bytes), edgePixels);
    if (!made.ok) return made;
    const { content, width, height } = made.value;
    const pictureId = randomUUID();
    return guarded(async () => {
      const written = await this.#database.management.withOrg(orgId, async (tx) => {
        if ((await countPictures(tx, orgId)) >= limits.organisationMaxPictures) return false;
        await insertPicture(tx, orgId, { pictureId, content, width, height }, actor);
        return true;
      });
      return written
        ? accept({ pictureId, width, height, bytes: content.length })
        : refuse(
            'over_quota',
            `An organisation has at most ${limits.organisationMaxPictures} pictures; nothing was written.`,
          );
    });
  }

  /** Erases pictures that nothing has named in a day. How many; at most `limit`. Throws the database's errors. */
  forgetUnused(limit: number): Promise<number> {
    return this.#database.management.act((sql) => forgetUnusedPictures(sql, limits.unusedPictureMs, limit));
  }

  /** WebP, by its id alone. */
  async content(pictureId: string): Promise<Outcome<Buffer>> {
    const kept = this.#kept.get(pictureId);
    if (kept !== undefined) {
      this.#kept.delete(pictureId);
      this.#kept.set(pictureId, kept);
      return accept(kept);
    }
    const present = this.#asked.get(pictureId);
    if (present !== undefined) return present;
    const asking = this.#read(pictureId).finally(() => this.#asked.delete(pictureId));
    this.#asked.set(pictureId, asking);
    return asking;
  }

  #read(pictureId: string): Promise<Outcome<Buffer>> {
    return guarded(async () => {
      const content = await this.#database.management.call((sql) => findPicture(sql, pictureId));
      if (content === undefined) {
        return refuse('not_found', 'There is no such picture.', { details: { resource: 'picture' } });
      }
      this.#keep(pictureId, content);
      return accept(content);
    });
  }

  #keep(pictureId: string, content: Buffer): void {
    this.#kept.set(pictureId, content);
    this.#keptBytes += content.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#keptBytes <= limits.picturesKeptBytes) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= length;
    }
  }
}

async function remade(
  bytes: Buffer,
  edgePixels: number,
): Promise<Outcome<{ content: Buffer; width: number; height: number }>> {
  if (!BEGINNINGS.some(([, matches]) => matches(bytes))) return unreadable('is neither PNG nor JPEG nor WebP');
  const sharp = await pictureLibrary();
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: limits.pictureMaxPixels, failOn: 'error' })
      .timeout({ seconds: limits.pictureMaxSeconds })
      .rotate() // as the camera held it; what it wrote beside the picture, the place included, is left behind
      .resize({
        width: edgePixels,
        height: edgePixels,
        fit: 'inside',
        withoutEnlargement: true,
      })
      .webp({ quality: WEBP_QUALITY })
      .toBuffer({ resolveWithObject: true });
    return accept({ content: data, width: info.width, height: info.height });
  } catch (error) {
    const tooLarge = error instanceof Error && /pixel limit/i.test(error.message);
    return unreadable(tooLarge ? `has more than ${limits.pictureMaxPixels / 1_000_000} million pixels` : 'is damaged');
  }
}
