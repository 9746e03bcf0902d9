import { createRequire } from 'node:module';
import type PDFDocument from 'pdfkit';

type Pdf = InstanceType<typeof PDFDocument>;

/** Latin, Greek and Cyrillic letters and many signs; no Chinese, Japanese or Korean ones, whose faces are 50 MB and more. */
const FACES = { text: 'DejaVuSans', strong: 'DejaVuSans-Bold', code: 'DejaVuSansMono' } as const;
/** What people wrote is set in these. */
const OF_PEOPLE: readonly string[] = ['text', 'strong'];

/** pdfkit keeps the font that it opened here; its types do not show it. */
interface Opened {
  readonly _font: { readonly font: { hasGlyphForCodePoint(codePoint: number): boolean } };
}

/** Control characters have no glyph; a text cannot turn the line around or hide in it either. */
const HIDDEN = /[\p{Cc}\p{Cf}]/gu;
/** They choose between two looks of the character before them, and the faces have one of each. */
const VARIATION_SELECTORS = /[\u{fe00}-\u{fe0f}]/gu;

/**
 * Gives the document its faces, named as the keys of FACES.
 * @returns what can be printed of a text: characters without a glyph stand as [U+738B], so that no name vanishes from minutes
 */
export function useFaces(pdf: Pdf): (text: string) => string {
  const { resolve } = createRequire(import.meta.url);
  for (const [name, file] of Object.entries(FACES)) pdf.registerFont(name, resolve(`dejavu-fonts-ttf/ttf/${file}.ttf`));
  const faces = OF_PEOPLE.map((name) => (pdf.font(name) as unknown as Opened)._font.font);
  const printable = (character: string) => {
    const codePoint = character.codePointAt(0) ?? 0;
    if (character === '\n' || faces.every((face) => face.hasGlyphForCodePoint(codePoint))) return character;
    return `[U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}]`;
  };
  return (text) =>
    [...text.replaceAll(VARIATION_SELECTORS, '').replaceAll(HIDDEN, (hidden) => (hidden === '\n' ? hidden : ' '))]
      .map(printable)
      .join('');
}
