import type { NewElectionInput } from '../../../client/index.ts';
import type { ElectionView } from '../../../protocol/elections.ts';

export type MethodName = ElectionView['method']['method'];

export const METHODS: readonly MethodName[] = [
  'motion',
  'choose',
  'irv',
  'stv',
  'schulze',
  'borda',
  'score',
  'judgment',
  'points',
  'quadratic',
];

export interface DraftOption {
  /** of the form alone */
  readonly key: number;
  readonly title: string;
  readonly description: string;
  /** picture_id */
  readonly picture?: string | undefined;
  /** what it shows, in words */
  readonly pictureAlt?: string;
}

/** The form as it is filled in: texts, as people type them. */
export interface Draft {
  readonly title: string;
  readonly description: string;
  readonly method: MethodName;
  readonly options: readonly DraftOption[];
  readonly seats: string;
  /** marks (choose), points (points), credits (quadratic), best score (score) */
  readonly most: string;
  readonly secrecy: ElectionView['secrecy'];
  readonly visibility: ElectionView['visibility'];
  readonly roll: ElectionView['roll'];
  /** with roll 'members': only this group; '' for all */
  readonly group: string;
  readonly threshold: '' | 'absolute' | 'two_thirds' | 'three_quarters';
  readonly base: 'valid' | 'with_abstentions' | 'present' | 'roll';
  readonly quorum: string;
  readonly minutes: string;
}

export const EMPTY: Draft = {
  title: '',
  description: '',
  method: 'motion',
  options: [
    { key: 0, title: '', description: '' },
    { key: 1, title: '', description: '' },
  ],
  seats: '1',
  most: '1',
  secrecy: 'secret',
  visibility: 'live',
  roll: 'meeting',
  group: '',
  threshold: '',
  base: 'valid',
  quorum: '',
  minutes: '',
};

/** What `most` starts from when a method is chosen. */
export const USUAL_MOST: Readonly<Record<MethodName, string>> = {
  motion: '1',
  choose: '1',
  score: '5',
  judgment: '1',
  points: '10',
  quadratic: '16',
  irv: '1',
  stv: '1',
  borda: '1',
  schulze: '1',
};

export function hasSeats(method: MethodName): boolean {
  return method !== 'motion' && method !== 'irv';
}

export function hasMost(method: MethodName): boolean {
  return method === 'choose' || method === 'score' || method === 'points' || method === 'quadratic';
}

const ID_MAX = 24;

/** Ids of options out of their titles, plain and each once: they stand in ballots and in spreadsheets. */
function optionIds(titles: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return titles.map((title, i) => {
    const plain = title
      .normalize('NFD')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .toLowerCase()
      .slice(0, ID_MAX);
    const base = plain === '' ? `option-${i + 1}` : plain;
    let id = base;
    for (let again = 2; taken.has(id); again += 1) id = `${base}-${again}`;
    taken.add(id);
    return id;
  });
}

function settingsOf({ method, seats: seatsText, most: mostText }: Draft, options: number): object {
  const seats = Number(seatsText);
  const most = Number(mostText);
  switch (method) {
    case 'motion':
    case 'irv':
      return {};
    case 'choose':
      return { min: 1, max: Math.min(most, options), seats };
    case 'score':
      return { min: 0, max: most, seats };
    case 'points':
      return { total: most, seats };
    case 'quadratic':
      return { credits: most, seats };
    default:
      return { seats };
  }
}

function rulesOf({ threshold, base, quorum }: Draft): NonNullable<NewElectionInput['rules']> {
  return {
    ...(threshold === '' ? {} : { majority: { threshold, base } }),
    ...(quorum.trim() === '' ? {} : { quorum: { number: Number(quorum) } }),
  };
}

/** What the gateway is sent. */
export function electionOf(draft: Draft, meetingId: string): NewElectionInput {
  const filled = draft.options.filter(({ title }) => title.trim() !== '');
  const ids = optionIds(filled.map(({ title }) => title));
  const minutes = Number(draft.minutes);
  return {
    meeting_id: meetingId,
    title: draft.title.trim(),
    description: draft.description.trim(),
    method: { method: draft.method, settings: settingsOf(draft, filled.length) } as NewElectionInput['method'],
    ...(draft.method === 'motion'
      ? {}
      : {
          options: filled.map(({ title, description, picture, pictureAlt = '' }, i) => ({
            id: ids[i] as string,
            title: title.trim(),
            ...(description.trim() === '' ? {} : { description: description.trim() }),
            ...(picture === undefined ? {} : { picture }),
            ...(picture === undefined || pictureAlt.trim() === '' ? {} : { picture_alt: pictureAlt.trim() }),
          })),
        }),
    rules: rulesOf(draft),
    secrecy: draft.secrecy,
    visibility: draft.visibility,
    roll: draft.roll,
    ...(draft.roll === 'members' && draft.group !== '' ? { roll_group_id: draft.group } : {}),
    ...(minutes > 0 ? { duration_seconds: Math.round(60 * minutes) } : {}),
  };
}

/** The same for a draft that is there already: what is empty now is taken away. */
export function changesOf(draft: Draft): object {
  const { meeting_id: _, ...election } = electionOf(draft, '');
  return { duration_seconds: null, roll_group_id: null, ...election };
}

/** A pattern (a template, or an election to be changed) as the form shows it. What it leaves out stays. */
export function draftOf(pattern: Partial<ElectionView>, before: Draft = EMPTY): Draft {
  const settings = (pattern.method?.settings ?? {}) as Record<string, unknown>;
  const most = settings.total ?? settings.credits ?? settings.max;
  const majority = pattern.rules?.majority;
  const quorum = pattern.rules?.quorum;
  const options = pattern.options?.map(({ title, description = '', picture, picture_alt: pictureAlt = '' }, key) => ({
    key,
    title,
    description,
    picture,
    pictureAlt,
  }));
  return {
    ...before,
    title: pattern.title ?? before.title,
    description: pattern.description ?? before.description,
    method: pattern.method?.method ?? before.method,
    options: options === undefined || options.length < 2 ? before.options : options,
    seats: typeof settings.seats === 'number' ? String(settings.seats) : before.seats,
    most: typeof most === 'number' ? String(most) : before.most,
    secrecy: pattern.secrecy ?? before.secrecy,
    visibility: pattern.visibility ?? before.visibility,
    roll: pattern.roll ?? before.roll,
    group: pattern.roll_group_id ?? before.group,
    threshold:
      majority === undefined || typeof majority.threshold === 'object' || majority.threshold === 'simple'
        ? ''
        : majority.threshold,
    base: majority?.base ?? 'valid',
    quorum: quorum !== undefined && 'number' in quorum ? String(quorum.number) : '',
    minutes: pattern.duration_seconds ? String(pattern.duration_seconds / 60) : '',
  };
}
