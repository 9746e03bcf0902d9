import PDFDocument from 'pdfkit';
import type { Block } from './blocks.ts';
import { useFaces } from './faces.ts';
import { Layout } from './layout.ts';
import type { Language } from './words.ts';

/** Points. */
const MARGIN = 56;

/** What stands on every page of a document and in its properties. */
export interface PdfFrame {
  readonly title: string;
  readonly organisation: string;
  readonly language: Language;
  /** the document's own date, not that of the printing */
  readonly date: Date;
  readonly page: (number: number, of: number) => string;
}

/** Blocks as PDF: A4, with embedded faces (faces.ts says what they lack). The same blocks give the same bytes. */
export async function pdfOf(frame: PdfFrame, blocks: readonly Block[]): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, bottom: MARGIN + 16, left: MARGIN, right: MARGIN },
    bufferPages: true,
    lang: frame.language,
    displayTitle: true,
    info: {
      Title: frame.title,
      Author: frame.organisation,
      Producer: 'Psephos',
      Creator: 'Psephos',
      CreationDate: frame.date,
      ModDate: frame.date,
    },
  });
  const parts: Buffer[] = [];
  const whole = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (part: Buffer) => parts.push(part));
    pdf.on('end', () => resolve(Buffer.concat(parts)));
    pdf.on('error', reject);
  });
  const layout = new Layout(pdf, useFaces(pdf));
  for (const block of blocks) layout.add(block);
  layout.numberPages(frame.page, frame.organisation);
  pdf.end();
  return whole;
}
