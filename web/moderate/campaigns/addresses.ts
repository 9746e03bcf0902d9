export interface Addresses {
  /** each once, in small letters */
  readonly good: readonly string[];
  /** what is no address, as it was typed */
  readonly wrong: readonly string[];
}

/** As much of an address as a page can judge; the gateway judges the rest. */
const ADDRESS = /^[^\s@<>"]+@[^\s@<>".]+(?:\.[^\s@<>".]+)+$/;

/** Text as it is pasted from a mail or a table, 'Ada <ada@x.org>, bob@x.org; …' -> the addresses in it. */
export function addressesIn(text: string): Addresses {
  const good = new Set<string>();
  const wrong: string[] = [];
  const bare = text.replace(/"[^"\n]*"/g, ''); // names in quotes may have commas
  for (const line of bare.split(/[\n;,\t]+/)) {
    const piece = line.trim();
    if (piece === '') continue;
    const inBrackets = /<([^<>]+)>\s*$/.exec(piece)?.[1]?.trim();
    const words = inBrackets === undefined ? piece.split(/\s+/) : [inBrackets];
    const found = words.filter((word) => ADDRESS.test(word));
    for (const address of found) good.add(address.toLowerCase());
    if (found.length === 0) wrong.push(piece);
  }
  return { good: [...good], wrong };
}
