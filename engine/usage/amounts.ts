/** What is counted, by organisation and month. */
export interface Amounts {
  readonly credentials: number;
  readonly ballots: number;
  readonly allocations: number;
}

/** Most of each in a month; null: as much as they like. */
export interface Quotas {
  readonly credentials: number | null;
  readonly ballots: number | null;
  readonly allocations: number | null;
}

export interface Use {
  /** e.g. '2026-11', UTC */
  readonly month: string;
  readonly used: Amounts;
  readonly quotas: Quotas;
}

export interface UsageRow extends Amounts {
  readonly orgId: string;
  readonly name: string;
  /** of everything that was counted in the month, 0 to 1 */
  readonly share: number;
  /** in the unit of the cost given; the rows add up to it. null where none was given */
  readonly cost: number | null;
}
