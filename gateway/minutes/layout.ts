import type PDFDocument from 'pdfkit';
import type { Block } from './blocks.ts';

type Pdf = InstanceType<typeof PDFDocument>;

/** Points. */
const SIZES = { title: 20, heading: 15, subheading: 11.5, text: 9.5, strong: 9.5, code: 8.5 } as const;
const SPACE_BEFORE = { title: 0, heading: 14, subheading: 12, text: 3, strong: 8, code: 2 } as const;
const LABEL_WIDTH = 140;
const CELL_GAP = 8;
const ROW_GAP = 3.5;
const LINE = '#bbbbbb';
const INK = '#111111';
const GREY = '#555555';
/** A heading takes at least so much of what it heads with it. */
const KEEP_WITH_NEXT = 60;

/** Puts blocks under each other, page after page. */
export class Layout {
  readonly #pdf: Pdf;
  readonly #plain: (text: string) => string;

  /** @param plain what can be printed of a text */
  constructor(pdf: Pdf, plain: (text: string) => string) {
    this.#pdf = pdf;
    this.#plain = plain;
  }

  add(block: Block): void {
    switch (block.kind) {
      case 'fields':
        for (const [label, value] of block.rows) this.#field(this.#plain(label), this.#plain(value));
        return;
      case 'table':
        this.#table(block.head, block.rows);
        return;
      case 'signatures':
        this.#signatures(block.labels);
        return;
      case 'break':
        this.#pdf.addPage();
        return;
      default:
        this.#text(block.kind, this.#plain(block.text));
    }
  }

  /** On every page, once all are there. */
  numberPages(words: (number: number, of: number) => string, left: string): void {
    const { start, count } = this.#pdf.bufferedPageRange();
    for (let page = start; page < start + count; page += 1) {
      this.#pdf.switchToPage(page);
      const { width, height, margins } = this.#pdf.page;
      const bottom = margins.bottom;
      this.#pdf.page.margins.bottom = 0; // or writing below the margin would begin another page
      const across = width - margins.left - margins.right;
      this.#pdf.font('text').fontSize(8).fillColor(GREY);
      const y = height - bottom + 14;
      this.#pdf.text(this.#plain([...left].slice(0, 80).join('')), margins.left, y, {
        width: across * 0.7,
        lineBreak: false,
      });
      this.#pdf.text(words(page - start + 1, count), margins.left, y, {
        width: across,
        align: 'right',
        lineBreak: false,
      });
      this.#pdf.page.margins.bottom = bottom;
    }
  }

  get #width(): number {
    const { width, margins } = this.#pdf.page;
    return width - margins.left - margins.right;
  }

  get #left(): number {
    return this.#pdf.page.margins.left;
  }

  /** Begins another page unless there is so much room. */
  #room(height: number): void {
    const { page, y } = this.#pdf;
    if (y + height > page.height - page.margins.bottom) this.#pdf.addPage();
  }

  #text(kind: keyof typeof SIZES, text: string): void {
    const font = kind === 'code' ? 'code' : kind === 'text' ? 'text' : 'strong';
    this.#pdf.y += SPACE_BEFORE[kind];
    this.#room(kind === 'text' || kind === 'code' ? 24 : KEEP_WITH_NEXT);
    this.#pdf.font(font).fontSize(SIZES[kind]).fillColor(INK);
    this.#pdf.text(text, this.#left, this.#pdf.y, { width: this.#width });
    this.#pdf.y += 2;
  }

  #field(label: string, value: string): void {
    const width = this.#width - LABEL_WIDTH;
    this.#pdf.font('text').fontSize(SIZES.text);
    const height = Math.max(this.#pdf.heightOfString(value, { width }), this.#pdf.currentLineHeight());
    this.#room(Math.min(height, 200) + ROW_GAP);
    const { y } = this.#pdf;
    this.#pdf.fillColor(GREY).text(label, this.#left, y, { width: LABEL_WIDTH - CELL_GAP });
    this.#pdf.fillColor(INK).text(value, this.#left + LABEL_WIDTH, y, { width });
    this.#pdf.y = Math.max(this.#pdf.y, y + height) + ROW_GAP;
  }

  /** The first column takes what the others leave; those stand to the right, as figures do. */
  #table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const others = head.length - 1;
    const each = Math.min(100, (this.#width * 0.62) / Math.max(1, others));
    const widths = head.map((_, column) => (column === 0 ? this.#width - others * each : each));
    this.#pdf.y += 4;
    this.#room(KEEP_WITH_NEXT);
    this.#row(head, widths, 'strong');
    for (const row of rows) {
      if (this.#row(row, widths, 'text', true)) continue;
      this.#pdf.addPage();
      this.#row(head, widths, 'strong');
      this.#row(row, widths, 'text');
    }
    this.#pdf.y += 4;
  }

  /** False where the row does not fit on the page, if `fitting` asks for that. */
  #row(cells: readonly string[], widths: readonly number[], font: 'text' | 'strong', fitting = false): boolean {
    this.#pdf.font(font).fontSize(SIZES.text).fillColor(INK);
    const texts = cells.map(this.#plain);
    const heights = texts.map((text, i) => this.#pdf.heightOfString(text, { width: (widths[i] ?? 0) - CELL_GAP }));
    const height = Math.max(...heights, this.#pdf.currentLineHeight());
    const { page, y } = this.#pdf;
    if (fitting && y + height + ROW_GAP > page.height - page.margins.bottom) return false;
    let x = this.#left;
    texts.forEach((text, i) => {
      const width = widths[i] ?? 0;
      this.#pdf.text(text, x, y, { width: width - CELL_GAP, align: i === 0 ? 'left' : 'right' });
      x += width;
    });
    const below = y + height + ROW_GAP / 2;
    this.#pdf
      .moveTo(this.#left, below)
      .lineTo(this.#left + this.#width, below)
      .lineWidth(0.5)
      .strokeColor(LINE)
      .stroke();
    this.#pdf.y = below + ROW_GAP / 2;
    return true;
  }

  #signatures(labels: readonly string[]): void {
    this.#room(90);
    const y = this.#pdf.y + 60;
    const width = this.#width / labels.length;
    labels.forEach((label, i) => {
      const x = this.#left + i * width;
      this.#pdf
        .moveTo(x, y)
        .lineTo(x + width - 24, y)
        .lineWidth(0.7)
        .strokeColor(INK)
        .stroke();
      this.#pdf
        .font('text')
        .fontSize(8)
        .fillColor(GREY)
        .text(label, x, y + 4, { width: width - 24 });
    });
  }
}
