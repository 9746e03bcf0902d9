/** How much of everything one run does. Counts are ballots unless the name says otherwise. */
export interface Sizes {
  /** rounds of naive, ceiling and engine in turn; ratios are medians over them */
  readonly rounds: number;
  readonly roundBallots: number;
  readonly naiveBallots: number;
  readonly freshRoll: number;
  readonly freshRounds: number;
  readonly freshBallots: number;
  readonly closes: number;
  readonly closeBallots: number;
  readonly fairnessSeconds: number;
  readonly sockets: number;
  readonly socketBallots: number;
  readonly openLoopPerSecond: number;
  readonly openLoopSeconds: number;
  readonly bursts: number;
  readonly burstBallots: number;
  readonly idleSockets: number;
  /** until collections have run and freed pages have gone back to the system */
  readonly idleSettleMs: number;
  readonly subscribers: number;
  readonly fanoutSeconds: number;
  readonly growthBallots: number;
  readonly growthRounds: number;
  /** a closed loop ends after so long whatever it has done: a slow machine gets a smaller count, not a longer run */
  readonly loopMaxMs: number;
}

export const FULL: Sizes = {
  rounds: 5,
  roundBallots: 80_000,
  naiveBallots: 4_000,
  freshRoll: 300_000,
  freshRounds: 5,
  freshBallots: 40_000,
  closes: 5,
  closeBallots: 80_000,
  fairnessSeconds: 10,
  sockets: 1_000,
  socketBallots: 200_000,
  openLoopPerSecond: 5_000,
  openLoopSeconds: 10,
  bursts: 20,
  burstBallots: 300,
  idleSockets: 10_000,
  idleSettleMs: 8_000,
  subscribers: 5_000,
  fanoutSeconds: 15,
  growthBallots: 10_000_000,
  growthRounds: 7,
  loopMaxMs: 20_000,
};

/** Ends within 50 s on two busy cores. */
export const QUICK: Sizes = {
  ...FULL,
  rounds: 3,
  roundBallots: 25_000,
  naiveBallots: 1_000,
  freshRounds: 2,
  freshBallots: 20_000,
  closes: 2,
  closeBallots: 40_000,
  fairnessSeconds: 3,
  socketBallots: 40_000,
  openLoopSeconds: 3,
  bursts: 8,
  fanoutSeconds: 5,
  growthBallots: 1_000_000,
  growthRounds: 3,
  loopMaxMs: 2_000,
};
