import type { ResultView } from '../../../client/index.ts';

type Round = Pick<ResultView['count']['rounds'][number], 'round' | 'amounts' | 'transfers' | 'exhausted'>;

export interface Flow {
  readonly nodes: readonly { readonly name: string; readonly title: string; readonly index: number }[];
  readonly links: readonly { readonly source: string; readonly target: string; readonly value: number }[];
}

/**
 * Rounds -> nodes (an option in a round) and links (votes that stay, votes that move on). Links of nothing are left out:
 * they would be lines without a width.
 * @param titleOf name of an option; of null, the votes that go to nobody any more
 */
export function flowOf(rounds: readonly Round[], titleOf: (id: string | null) => string): Flow {
  const ids = Object.keys(rounds[0]?.amounts ?? {});
  const nodeOf = (id: string | null, round: number) => `${round}:${id ?? ''}`;
  const links: { source: string; target: string; value: number }[] = [];
  const link = (source: string, target: string, value: number) => {
    if (value > 0) links.push({ source, target, value });
  };
  rounds.slice(1).forEach((round, i) => {
    const before = rounds[i] as Round;
    const left = new Map<string, number>();
    for (const { from, to, amount } of round.transfers) {
      const value = Number(amount);
      link(nodeOf(from, before.round), nodeOf(to, round.round), value);
      left.set(from, (left.get(from) ?? 0) + value);
    }
    for (const id of ids) {
      link(nodeOf(id, before.round), nodeOf(id, round.round), Number(before.amounts[id] ?? 0) - (left.get(id) ?? 0));
    }
    link(nodeOf(null, before.round), nodeOf(null, round.round), Number(before.exhausted));
  });
  const names = new Set(links.flatMap(({ source, target }) => [source, target]));
  const nodes = [...names].map((name) => {
    const [, id = ''] = name.split(':');
    return { name, title: titleOf(id === '' ? null : id), index: id === '' ? -1 : ids.indexOf(id) };
  });
  return { nodes, links };
}
