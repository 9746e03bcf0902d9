/** One act on a purse: from the purse to an idea, back, or from one idea to another. */
export interface CoinAct {
  /** the campaign's id */
  readonly campaignId: string;
  /** the member whose coins they are */
  readonly userId: string;
  /** names the act: the same one again changes nothing */
  readonly requestId: string;
  /** an idea; null: the purse */
  readonly from: string | null;
  /** an idea; null: the purse */
  readonly to: string | null;
  /** whole coins; anything else is refused */
  readonly amount: number;
}

/** The purse behind an act, as it was when the act was done, or is now where it was done before. */
export interface CoinReceipt {
  readonly requestId: string;
  readonly available: number;
  readonly allocated: number;
  readonly expended: number;
  /** the ideas that the act touched and the holder's coins on each */
  readonly placed: readonly { readonly ideaId: string; readonly amount: number }[];
}

export interface CoinBalance {
  readonly available: number;
  readonly allocated: number;
  readonly expended: number;
  readonly expired: number;
  readonly updatedAt: Date;
  readonly allocations: readonly {
    readonly ideaId: string;
    readonly amount: number;
    readonly isExpended: boolean;
    readonly allocatedAt: Date;
  }[];
}

export interface BoardRow {
  readonly ideaId: string;
  readonly coins: number;
  readonly givers: number;
  /** the sum of the roots of each giver's coins, as a quadratic campaign counts */
  readonly votes: number;
}

/** One of the two sides of a movement: an account of the holder, or of the campaign (issued). */
export interface LedgerLeg {
  readonly account: 'issued' | 'available' | 'allocated' | 'expended' | 'expired';
  /** where they are coins on an idea */
  readonly ideaId: string | null;
  readonly before: number;
  readonly after: number;
}

/** A movement of coins; what it debits it credits. */
export interface LedgerEntry {
  readonly requestId: string;
  readonly kind:
    | 'initial'
    | 'reward'
    | 'allocate'
    | 'withdraw'
    | 'reallocate'
    | 'expend'
    | 'return'
    | 'merge'
    | 'expire';
  readonly amount: number;
  readonly debit: LedgerLeg;
  readonly credit: LedgerLeg;
  /** the holder, a manager, a key, or the campaign for what happens by the clock */
  readonly createdBy: string;
  readonly at: Date;
}
