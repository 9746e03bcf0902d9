import { type Block, electionBlocks, type MinutesStyle, type Sheet } from './blocks.ts';
import { pdfOf } from './pdf.ts';
import { WORDS } from './words.ts';

/** Of one meeting or of one election. */
export interface MinutesHead {
  readonly organisation: string;
  readonly meeting: string | null;
  /** the whole meeting */
  readonly whole: boolean;
}

/** Minutes as PDF. The same facts give the same bytes: the document's date is that of its last election. */
export async function minutesPdf(head: MinutesHead, elections: readonly Sheet[], style: MinutesStyle): Promise<Buffer> {
  const words = WORDS[style.language];
  const title = head.whole ? words.ofMeeting : words.minutes;
  const times = elections.map(({ election }) =>
    Number(election.publishedAt ?? election.closedAt ?? election.createdAt),
  );
  const frame = {
    ...{ title, organisation: head.organisation, language: style.language },
    ...{ date: new Date(Math.max(0, ...times)), page: words.page },
  };
  return pdfOf(frame, blocksOf(title, head, elections, style));
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
