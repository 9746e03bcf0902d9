/** Colours of options: eight that stay apart for colour-blind eyes; the letter says the same without colour. */
const COLOURS = 8;

/** 0 -> 'A', 25 -> 'Z', 26 -> 'AA' */
export function letterOf(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest > 0 ? letterOf(rest - 1) : '') + String.fromCharCode(65 + (index % 26));
}

/** The class that gives `--option` its colour. */
export function colourOf(index: number): string {
  return `option-colour-${index % COLOURS}`;
}
