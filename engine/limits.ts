/** Every cap and timeout of the product. Units stand last in the name; the reason stands beside it. */
export const limits = {
  // The hot path (design: hot-path.md; requirement 004: pool 2-4, 200-300 ms to connect, 500-800 ms a call)
  hotPoolDefaultConnections: 3, // 3 keep two cores busy and a close under 100 ms; 8 made it 114-268 ms
  hotPoolMinConnections: 2,
  hotPoolMaxConnections: 4,
  managementPoolConnections: 5, // management, following the log, counting
  connectTimeoutMs: 250,
  connectRetryMs: 1_500, // management tries again so long to get a connection
  connectPauseMs: 50,
  idleTimeoutSeconds: 30,
  operationTimeoutMs: 800, // one batch on the hot path; then its connection is thought dead and the batch runs again
  managementTimeoutMs: 5_000, // = request timeout: a management statement may be long, never longer than its request
  countTimeoutMs: 120_000, // sealing and counting 300,000 ballots takes seconds; nobody waits on a request for it
  engineDeadlineMs: 1_000, // shorter than the 1,200 ms that a calling service waits
  requestTimeoutMs: 5_000,
  httpInWorkMaxRequests: 50, // requirement 004: concurrency 40-60 per instance
  breakerFailures: 5, // consecutive database failures
  breakerOpenMs: 2_000,
  connectionMaxBatches: 2, // the second, only if full, starts while this process reads the first one's answer
  batchMaxBallots: 500, // 50/200/500/1,000 gave 37,500/49,000/60,000/64,000 a second; above 500 only latency grows
  laneMaxBallots: 20_000, // about a third of a second of the whole engine's work
  queueMaxBallots: 50_000, // all lanes: what can be written within the deadline
  closingRetryMs: 5, // a close takes 30-80 ms; who meets it asks again until the side is certain
  overloadedRetryMinMs: 100,
  overloadedRetryMaxMs: 400,
  busyRetryMinMs: 25, // requirement 004: full jitter 25-100 ms
  busyRetryMaxMs: 100,

  // Sizes
  ballotMaxCharacters: 4_096, // canonical text; 500 of them stay far below a frame of the database
  electionMaxOptions: 1_000,
  callMaxCredentials: 20_000, // 1.3 MB of JSON
  electionMaxCredentials: 1_000_000,
  weightMaxMicro: 1_000_000_000_000n, // one million votes
  pageMaxRows: 1_000,
  pageDefaultRows: 100,

  // Live figures
  tallyIntervalMs: 100, // at most 10 a second per topic
  secretStepBallots: 3, // k: a new live figure of a secret election needs at least this many further ballots
  feedPollMs: 50, // how late another gateway's batch may be noticed
  snapshotEveryBallots: 50_000, // a restart re-reads at most this many ballots of an election
  replayMaxEntries: 500, // a topic's resume reads at most this many log rows, then a snapshot is shorter

  // Time
  sweepMs: 250, // timed open and close are at most this late
  upkeepMs: 3_600_000, // the log's partitions are made two months ahead
  socketTicketMs: 30_000,
  attendeeSessionMs: 24 * 3_600_000,
  idempotencyKeyMs: 24 * 3_600_000,
  drainMs: 8_000, // SIGTERM to exit stays below 10 s, the database's own stop included
} as const;
