import type { Block, Telling } from './blocks.ts';

/** Rows of all tables of rounds together: a count of 200 options over 199 rounds would fill 900 pages. */
const ROUND_ROWS_MAX = 600;

/** Totals, ballots, ballots on paper, and the rounds where there is more than one. */
export function countBlocks(telling: Telling): Block[] {
  return [totalsTable(telling), ...ballotBlocks(telling), ...roundBlocks(telling)];
}

function totalsTable({ words, json, names, figure }: Telling): Block {
  const { columns } = words;
  const order = [...new Set([...json.count.ranking.flat(), ...json.options.map(({ id }) => id)])];
  const elected = json.ruling.elected;
  const rows = order.map((id) => {
    const place = elected.indexOf(id);
    return [names([id]), figure(json.count.totals[id] ?? '0'), place < 0 ? '' : `${place + 1}.`];
  });
  return json.method.method === 'motion'
    ? { kind: 'table', head: [columns.option, columns.total], rows: rows.map((row) => row.slice(0, 2)) }
    : { kind: 'table', head: [columns.option, columns.total, columns.elected], rows };
}

function ballotBlocks({ words, json, names, figure }: Telling): Block[] {
  const { columns } = words;
  const { ballots, weights } = json.count;
  const { paper } = json;
  const kinds = ['cast', 'valid', 'blank', 'abstained'] as const;
  const row = (name: string, of: Readonly<Record<(typeof kinds)[number], number | string>>) => [
    name,
    ...kinds.map((kind) => figure(of[kind])),
  ];
  const apart = paper?.ballots ?? null;
  const electronic = apart && {
    cast: ballots.cast - apart.cast,
    valid: ballots.valid - apart.valid,
    blank: ballots.blank - apart.blank,
    abstained: ballots.abstained - apart.abstained,
  };
  const equal = kinds.every((kind) => weights[kind] === String(ballots[kind]));
  const rows = [
    row(columns.ballots, ballots),
    ...(apart === null || electronic === null || paper === null
      ? []
      : [row(words.electronic, electronic), row(words.onPaper(paper.declared), apart)]),
    ...(equal ? [] : [row(columns.weight, weights)]),
  ];
  const blocks: Block[] = [
    { kind: 'subheading', text: words.sections.ballots },
    { kind: 'table', head: ['', ...kinds.map((kind) => columns[kind])], rows },
  ];
  if (paper === null) return blocks;
  blocks.push(
    { kind: 'subheading', text: words.sections.paper },
    {
      kind: 'table',
      head: [columns.batch, columns.ballots],
      rows: paper.batches.map(({ label, ballots: size }) => [label, figure(size)]),
    },
  );
  if (paper.options === null) return [...blocks, { kind: 'text', text: words.paperHidden }];
  const given = json.options.map(({ id }) => [names([id]), figure(paper.options?.[id] ?? '0')]);
  return [...blocks, { kind: 'table', head: [columns.option, columns.weight], rows: given }];
}

function roundBlocks(telling: Telling): Block[] {
  const { words, json } = telling;
  const { rounds } = json.count;
  if (rounds.length < 2) return [];
  const each = json.options.length + 1;
  const shown = Math.max(1, Math.min(rounds.length, Math.floor(ROUND_ROWS_MAX / each)));
  return [
    { kind: 'subheading', text: words.sections.rounds },
    ...rounds.slice(0, shown).flatMap((round) => roundBlock(telling, round)),
    ...(shown < rounds.length ? [{ kind: 'text', text: words.moreRounds(shown, rounds.length) } as const] : []),
  ];
}

type RoundJson = Telling['json']['count']['rounds'][number];

function roundBlock({ words, json, names, figure, rule }: Telling, round: RoundJson): Block[] {
  const { columns } = words;
  const moved = (id: string | null) => {
    const into = round.transfers.filter(({ to }) => to === id).map(({ amount }) => `+${figure(amount)}`);
    const out = round.transfers.filter(({ from }) => from === id).map(({ amount }) => `-${figure(amount)}`);
    const all = [...into, ...out];
    return all.length > 4 ? `${all.slice(0, 4).join(' ')} …` : all.join(' ');
  };
  const state = (id: string) =>
    round.elected.includes(id)
      ? words.outcome.elected.toLowerCase()
      : round.eliminated.includes(id)
        ? words.eliminated
        : '';
  const rows = json.options
    .filter(({ id }) => Object.hasOwn(round.amounts, id))
    .map(({ id }) => [names([id]), moved(id), figure(round.amounts[id] ?? '0'), state(id)]);
  const exhausted = round.exhausted === '0' ? [] : [[words.exhausted, moved(null), figure(round.exhausted), '']];
  const quota = round.quota === undefined ? '' : ` · ${words.quota} ${figure(round.quota)}`;
  return [
    { kind: 'strong', text: `${words.round(round.round)}: ${rule(round.rule)}${quota}` },
    {
      kind: 'table',
      head: [columns.option, columns.change, columns.weight, columns.state],
      rows: [...rows, ...exhausted],
    },
  ];
}

/** What whoever holds the published list can compute again. */
export function checkBlocks({ words, facts }: Telling): Block[] {
  const head = { kind: 'subheading', text: words.sections.check } as const;
  const election = { kind: 'text', text: `ID ${facts.election.electionId}` } as const;
  if (facts.trackingDigest === null) return [head, election];
  return [head, election, { kind: 'text', text: words.digest }, { kind: 'code', text: facts.trackingDigest }];
}
