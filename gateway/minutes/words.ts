import { english } from './words-english.ts';
import { german } from './words-german.ts';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Every word of the minutes. Figures come in as they are to be read. */
export interface Words {
  readonly minutes: string;
  readonly ofMeeting: string;
  readonly page: (number: number, of: number) => string;
  readonly fields: Readonly<
    Record<
      | 'organisation'
      | 'meeting'
      | 'method'
      | 'settings'
      | 'secrecy'
      | 'majority'
      | 'quorum'
      | 'roll'
      | 'opened'
      | 'closed'
      | 'published'
      | 'onRoll'
      | 'voted'
      | 'paper'
      | 'present'
      | 'decision'
      | 'tie'
      | 'tieBreak'
      | 'digest',
      string
    >
  >;
  readonly sections: Readonly<
    Record<'rules' | 'participation' | 'result' | 'ballots' | 'rounds' | 'paper' | 'check', string>
  >;
  readonly columns: Readonly<
    Record<
      | 'option'
      | 'total'
      | 'elected'
      | 'cast'
      | 'valid'
      | 'blank'
      | 'abstained'
      | 'ballots'
      | 'weight'
      | 'batch'
      | 'change'
      | 'state',
      string
    >
  >;
  readonly methods: Readonly<Record<string, string>>;
  readonly secrecy: Readonly<Record<'secret' | 'named', string>>;
  readonly rolls: Readonly<Record<'tokens' | 'meeting' | 'members', string>>;
  readonly bases: Readonly<Record<'valid' | 'with_abstentions' | 'present' | 'roll', string>>;
  readonly thresholds: Readonly<Record<'simple' | 'absolute' | 'two_thirds' | 'three_quarters', string>>;
  readonly majority: (threshold: string, base: string) => string;
  readonly usualMajority: string;
  readonly noRule: string;
  readonly quorumShare: (share: string) => string;
  readonly quorumNumber: (number: string) => string;
  readonly outcome: Readonly<Record<'carried' | 'not_carried' | 'elected' | 'not_elected', string>>;
  readonly check: (given: string, needed: string, base: string | null) => string;
  readonly reached: string;
  readonly notReached: string;
  readonly by: (name: string) => string;
  readonly byClock: string;
  readonly weighted: (weight: string) => string;
  readonly unpublished: string;
  readonly electronic: string;
  readonly onPaper: (declared: number) => string;
  readonly paperHidden: string;
  readonly round: (number: number) => string;
  readonly quota: string;
  readonly exhausted: string;
  readonly eliminated: string;
  readonly moreRounds: (shown: number, all: number) => string;
  readonly tieBetween: (options: string, places: number) => string;
  readonly tieOpen: string;
  readonly tieBroken: Readonly<Record<'earlier rounds' | 'lot', (chosen: string) => string>>;
  readonly digest: string;
  readonly signatures: readonly [string, string];
  readonly nothing: string;
  /** the options of a motion, which are the same in each */
  readonly motion: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  /** how a count decided: the engine's own English words -> this language; what is not here stays English */
  readonly rules: Readonly<Record<string, string>>;
}

export const WORDS: Readonly<Record<Language, Words>> = { en: english, de: german };
