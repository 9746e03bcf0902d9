import { describe, expect, test } from 'vitest';
import type { Block } from '../../../gateway/minutes/blocks.ts';
import { reportBlocks, reportPdf } from '../../../gateway/minutes/campaign-report.ts';
import type { CampaignAnalyticsView } from '../../../protocol/campaign-analytics.ts';

const ID = '0192f0c1-4d2e-7cc3-9a51-3b7d0c6f1a21';
const FIGURES: CampaignAnalyticsView = {
  ...{ campaign_id: ID, title: 'Better city', status: 'active', hidden: false, total_coins: 12_345, bucket: 'day' },
  participation: { invited: 1, requested: 2, joined: 1_500, active_day: 4, active_week: 5, gave: 6, submitted: 7 },
  coins_over_time: [
    { start: '2026-11-20T23:00:00.000Z', given: 12_400, taken_back: 55, moved: 3, returned: 0, expended: 20 },
  ],
  funnel: {
    ...{ submitted: 9, approved: 8, accepted: 2, started: 1, completed: 1, rejected: 1, merged: 0 },
    now: { pending: 0, approved: 0, competing: 6, accepted: 1, in_progress: 0, complete: 1, rejected: 1 },
  },
  top_ideas: [{ idea_id: ID, title: 'A cycle path', status: 'competing', coins: 9_000, comments: 3 }],
  top_tags: [{ tag_id: ID, name: 'Cycling', color: null, ideas: 4, coins: 9_100 }],
  cohorts: [{ week: '2026-11-09', joined: 1_500, gave: 6, weeks: [5, 2] }],
  watermark: { pos: 4_711, at: '2026-11-21T18:00:00.000Z', behind: 0 },
};
const HIDDEN: CampaignAnalyticsView = {
  ...FIGURES,
  ...{ hidden: true, total_coins: null, coins_over_time: [], top_ideas: [] },
  top_tags: [{ tag_id: ID, name: 'Cycling', color: null, ideas: 4, coins: null }],
};
const BERLIN = { language: 'de', timeZone: 'Europe/Berlin' } as const;
const LONDON = { language: 'en', timeZone: 'Europe/London' } as const;

/** Every word of it, in reading order. */
function textOf(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.kind === 'fields') return block.rows.map((row) => row.join(': ')).join('\n');
      if (block.kind === 'table') return [block.head, ...block.rows].map((row) => row.join(' | ')).join('\n');
      return 'text' in block ? block.text : '';
    })
    .join('\n');
}

describe('a report on a campaign', () => {
  test('tells every figure, as people of the language read it', () => {
    const english = textOf(reportBlocks('Chess club', FIGURES, LONDON));
    expect(english).toContain('Coins on ideas: 12,345');
    expect(english).toContain('21 November 2026 at 18:00:00 (Europe/London), exact to log position 4,711');
    expect(english).toContain('A cycle path | competing | 9,000 | 3');
    expect(english).toContain('20 Nov 2026 | 12,400 | 55 | 3 | 0 | 20');
    expect(english).toContain('9 Nov 2026 | 1,500 | 6 | 5  2');
    const german = textOf(reportBlocks('Schachclub', FIGURES, BERLIN));
    expect(german).toContain('Coins auf Ideen: 12.345');
    expect(german).toContain('21.11.2026 | 12.400 | 55 | 3 | 0 | 20'); // its day begins in Berlin
    expect(german).toContain('Angenommen | 2');
  });

  test('says of hidden totals only that they are hidden', () => {
    const text = textOf(reportBlocks('Chess club', HIDDEN, LONDON));
    expect(text).toContain('is shown once the campaign is completed');
    expect(text).toContain('Cycling | 4');
    expect(text).not.toMatch(/Coins on ideas|Given|A cycle path/);
  });

  test('is the same document for the same figures', async () => {
    const print = () => reportPdf({ organisation: 'Schachclub', figures: FIGURES }, BERLIN);
    const [first, again] = [await print(), await print()];
    expect(first.length).toBeGreaterThan(10_000);
    expect(again.equals(first)).toBe(true);
  });
});
