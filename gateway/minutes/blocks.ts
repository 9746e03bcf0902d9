import type { MinutesFacts, ResultJson } from '../../engine/index.ts';
import { checkBlocks, countBlocks } from './count-blocks.ts';
import { type Language, WORDS, type Words } from './words.ts';

/** What a page is made of, in reading order. */
export type Block =
  | { readonly kind: 'title' | 'heading' | 'subheading' | 'text' | 'strong' | 'code'; readonly text: string }
  | { readonly kind: 'fields'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'signatures'; readonly labels: readonly string[] }
  | { readonly kind: 'break' };

export interface MinutesStyle {
  readonly language: Language;
  /** IANA name; times are read by it */
  readonly timeZone: string;
}

/** The facts of one election as a thread of its own takes them: without anything for which the engine would be loaded. */
export interface Sheet extends Omit<MinutesFacts, 'result' | 'participation'> {
  readonly json: ResultJson;
  readonly participation: { readonly roll: number; readonly voted: number; readonly votedWeight: string };
}

/** What one count is told with: its words, how it shows figures and names. */
export interface Telling {
  readonly words: Words;
  readonly json: ResultJson;
  readonly facts: Sheet;
  readonly names: (ids: readonly string[]) => string;
  /** decimal votes as people of the language read them */
  readonly figure: (votes: string | number) => string;
  readonly time: (moment: Date) => string;
  /** the engine's words of a rule */
  readonly rule: (text: string) => string;
}

/** 1234.5 -> '1,234.5' or '1.234,5': exact, never rounded to a double. */
export function figureIn(language: Language, votes: string | number): string {
  const [whole = '', fraction] = String(votes).split('.');
  const [group, point] = language === 'de' ? ['.', ','] : [',', '.'];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  return fraction === undefined ? grouped : `${grouped}${point}${fraction}`;
}

export function timeIn({ language, timeZone }: MinutesStyle, moment: Date): string {
  const locale = language === 'de' ? 'de-DE' : 'en-GB';
  const text = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'medium', timeZone }).format(moment);
  return `${text} (${timeZone})`;
}

function tellingOf(facts: Sheet, style: MinutesStyle): Telling {
  const words = WORDS[style.language];
  const { json } = facts;
  const motion = json.method.method === 'motion';
  const titles = new Map(json.options.map(({ id, title }) => [id, motion ? (words.motion[id] ?? title) : title]));
  return {
    words,
    json,
    facts,
    names: (ids) => (ids.length === 0 ? words.nothing : ids.map((id) => titles.get(id) ?? id).join(', ')),
    figure: (votes) => figureIn(style.language, votes),
    time: (moment) => timeIn(style, moment),
    rule: (text) =>
      text
        .split(/(; |, (?=tie ))/)
        .map((part) => words.rules[part] ?? part)
        .join(''),
  };
}

/** The minutes of one election, without the head that they share with others of a meeting. */
export function electionBlocks(facts: Sheet, style: MinutesStyle): Block[] {
  const telling = tellingOf(facts, style);
  const { words } = telling;
  const { election } = facts;
  return [
    { kind: 'heading', text: election.title },
    ...(election.description === '' ? [] : [{ kind: 'text', text: election.description } as const]),
    ...(election.state === 'published' ? [] : [{ kind: 'strong', text: words.unpublished } as const]),
    { kind: 'subheading', text: words.sections.rules },
    { kind: 'fields', rows: ruleRows(telling) },
    { kind: 'subheading', text: words.sections.participation },
    { kind: 'fields', rows: participationRows(telling) },
    { kind: 'subheading', text: words.sections.result },
    { kind: 'fields', rows: decisionRows(telling) },
    ...countBlocks(telling),
    ...checkBlocks(telling),
  ];
}

/** A fraction or a named threshold, and what it is a part of. */
function majorityText({ words, json }: Telling): string {
  const rule = json.rules.majority;
  if (rule === undefined) return json.method.method === 'motion' ? words.usualMajority : words.noRule;
  const { threshold } = rule;
  const part =
    typeof threshold === 'object' ? `${threshold.numerator}/${threshold.denominator}` : words.thresholds[threshold];
  return words.majority(part, words.bases[threshold === 'simple' ? 'valid' : rule.base]);
}

function quorumText({ words, json, figure }: Telling): string {
  const rule = json.rules.quorum;
  if (rule === undefined) return words.noRule;
  return 'number' in rule
    ? words.quorumNumber(figure(rule.number))
    : words.quorumShare(`${rule.share.numerator}/${rule.share.denominator}`);
}

function settingsText({ words, json }: Telling): string {
  return Object.entries(json.method.settings)
    .map(([name, value]) => `${words.settings[name] ?? name}: ${Array.isArray(value) ? value.join(', ') : value}`)
    .join('; ');
}

function ruleRows(telling: Telling): [string, string][] {
  const { words, json, facts } = telling;
  const { fields } = words;
  const { election } = facts;
  const settings = settingsText(telling);
  const when = (moment: Date | null, by: string | null, id: string | null) => {
    if (moment === null) return null;
    const who = by !== null ? `, ${words.by(by)}` : id === 'clock' ? `, ${words.byClock}` : '';
    return `${telling.time(moment)}${who}`;
  };
  const rows: [string, string | null][] = [
    [fields.method, words.methods[json.method.method] ?? json.method.method],
    [fields.settings, settings === '' ? null : settings],
    [fields.secrecy, words.secrecy[election.secrecy]],
    [fields.majority, majorityText(telling)],
    [fields.quorum, quorumText(telling)],
    [fields.roll, words.rolls[election.roll]],
    [fields.opened, when(election.openedAt, facts.openedBy, election.openedBy)],
    [fields.closed, when(election.closedAt, facts.closedBy, election.closedBy)],
    [fields.published, when(election.publishedAt, facts.publishedBy, election.publishedBy)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

function participationRows({ words, json, facts, figure }: Telling): [string, string][] {
  const { fields } = words;
  const { roll, voted, votedWeight } = facts.participation;
  const share = roll === 0 ? '' : ` (${figure(((voted * 100) / roll).toFixed(1))} %)`;
  const weightOf = (count: number, weight: string) =>
    weight === String(count) ? '' : `, ${words.weighted(figure(weight))}`;
  const rows: [string, string][] = [
    [fields.onRoll, `${figure(json.roll.count)}${weightOf(json.roll.count, json.roll.weight)}`],
    [fields.voted, `${figure(voted)}${share}${weightOf(voted, votedWeight)}`],
  ];
  if (json.paper !== null) rows.push([fields.paper, figure(json.paper.cast)]);
  if (json.roll.present !== null) {
    const weight = json.roll.present_weight;
    rows.push([
      fields.present,
      `${figure(json.roll.present)}${weight === null ? '' : weightOf(json.roll.present, weight)}`,
    ]);
  }
  return rows;
}

function decisionRows({ words, json, names, figure, rule }: Telling): [string, string][] {
  const { ruling } = json;
  const who = ruling.outcome === 'elected' ? `: ${names(ruling.elected)}` : '';
  const rows: [string, string][] = [[words.fields.decision, `${words.outcome[ruling.outcome]}${who}`]];
  const verdict = (reached: boolean) => (reached ? words.reached : words.notReached);
  if (ruling.quorum !== null) {
    const { given, needed, reached } = ruling.quorum;
    rows.push([words.fields.quorum, `${verdict(reached)}: ${words.check(figure(given), figure(needed), null)}`]);
  }
  if (ruling.majority !== null) {
    const { given, needed, base_weight: base, reached } = ruling.majority;
    rows.push([
      words.fields.majority,
      `${verdict(reached)}: ${words.check(figure(given), figure(needed), figure(base))}`,
    ]);
  }
  rows.push([words.fields.tieBreak, rule(json.count.decided_by)]);
  for (const tie of json.count.ties) {
    const how = tie.broken_by === null ? words.tieOpen : words.tieBroken[tie.broken_by](names(tie.chosen));
    rows.push([words.fields.tie, `${words.tieBetween(names(tie.options), tie.places)}. ${how}`]);
  }
  return rows;
}
