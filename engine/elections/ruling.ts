import type { MajorityBase, Threshold } from '../../protocol/methods/rules.ts';

/** needed and given: micro-units of weight where the quorum is a share of the roll, ballots where it is a number. */
export interface QuorumCheck {
  readonly unit: 'weight' | 'ballots';
  readonly needed: bigint;
  readonly given: bigint;
  readonly reached: boolean;
}

/** Micro-units. needed: the least amount that meets the threshold (in whole votes where all amounts are whole). */
export interface MajorityCheck {
  readonly base: MajorityBase;
  readonly threshold: Threshold;
  readonly baseWeight: bigint;
  readonly needed: bigint;
  /** yes votes of a motion, else the total of the leading option */
  readonly given: bigint;
  readonly reached: boolean;
}

export interface Ruling {
  readonly outcome: 'carried' | 'not_carried' | 'elected' | 'not_elected';
  /** option ids in the order in which they won; empty for motions */
  readonly elected: readonly string[];
  /** a tie decided it or left seats open */
  readonly tie: boolean;
  readonly quorumReached: boolean;
  /** null where there is no such rule */
  readonly quorum: QuorumCheck | null;
  readonly majority: MajorityCheck | null;
  /** the rule that decided, in words with its figures */
  readonly decidedBy: string;
}

/** Where quorum and majority stand now. Amounts as in the checks; missing: needed less given, never below nothing. */
export interface Standing {
  readonly quorum: (QuorumCheck & { readonly missing: bigint; readonly words: string }) | null;
  readonly majority: (MajorityCheck & { readonly missing: bigint; readonly words: string }) | null;
  readonly outcome: Ruling['outcome'] | null;
  /** options that would be elected if it closed now */
  readonly leading: readonly string[];
  /** sentences in English */
  readonly words: readonly string[];
}
