import PDFDocument from 'pdfkit';
import { type Block, electionBlocks, type MinutesStyle, type Sheet } from './blocks.ts';
import { useFaces } from './faces.ts';
import { Layout } from './layout.ts';
import { WORDS } from './words.ts';

/** Points. */
const MARGIN = 56;

/** Of one meeting or of one election. */
export interface MinutesHead {
  readonly organisation: string;
  readonly meeting: string | null;
  /** the whole meeting */
  readonly whole: boolean;
}

/**
 * Minutes as PDF: A4, with embedded faces (faces.ts says what they lack). The same facts give the same bytes:
 * the document's date is that of its last election, not of the printing.
 */
export async function minutesPdf(head: MinutesHead, elections: readonly Sheet[], style: MinutesStyle): Promise<Buffer> {
  const words = WORDS[style.language];
  const title = head.whole ? words.ofMeeting : words.minutes;
  const times = elections.map(({ election }) =>
    Number(election.publishedAt ?? election.closedAt ?? election.createdAt),
  );
  const date = new Date(Math.max(0, ...times));
  const pdf = new PDFDocument({
    size: 'A4',
    margins: { top: MARGIN, bottom: MARGIN + 16, left: MARGIN, right: MARGIN },
    bufferPages: true,
    lang: style.language,
    displayTitle: true,
    info: {
      Title: title,
      Author: head.organisation,
      Producer: 'Psephos',
      Creator: 'Psephos',
      CreationDate: date,
      ModDate: date,
    },
  });
  const parts: Buffer[] = [];
  const whole = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (part: Buffer) => parts.push(part));
    pdf.on('end', () => resolve(Buffer.concat(parts)));
    pdf.on('error', reject);
  });
  const layout = new Layout(pdf, useFaces(pdf));
  for (const block of blocksOf(title, head, elections, style)) layout.add(block);
  layout.numberPages(words.page, head.organisation);
  pdf.end();
  return whole;
}

function blocksOf(title: string, head: MinutesHead, elections: readonly Sheet[], style: MinutesStyle): Block[] {
  const words = WORDS[style.language];
  const rows: [string, string][] = [[words.fields.organisation, head.organisation]];
  if (head.meeting !== null) rows.push([words.fields.meeting, head.meeting]);
  const bodies = elections.map((facts, i): Block[] => [
    ...(i === 0 ? [] : [{ kind: 'break' } as const]),
    ...electionBlocks(facts, style),
  ]);
  return [
    { kind: 'title', text: title },
    { kind: 'fields', rows },
    ...bodies.flat(),
    { kind: 'signatures', labels: words.signatures },
  ];
}
