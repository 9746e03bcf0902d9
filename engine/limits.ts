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
  enrolTimeoutMs: 30_000, // opening puts up to 100,000 members on the roll: some seconds
  openTimeoutMs: 36_000, // the request waits for that, and reads the election after it: the answer is what happened
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
  organisationMaxTemplates: 200,
  organisationMaxPictures: 5_000, // about 60 KB each: 300 MB
  unusedPictureMs: 24 * 3_600_000, // uploaded, and named by no option or campaign in a day: a form that was left
  pictureEdgePixels: 800, // twice what a phone shows of an option
  bannerEdgePixels: 1_600, // across the page of a campaign on a laptop
  pictureMaxPixels: 40_000_000, // a telephone's camera; more in 2 MB is made to fill memory
  pictureMaxSeconds: 3,
  picturesKeptBytes: 32 * 1024 * 1024, // some 500 pictures, so that a hall that opens a ballot asks the database once
  pageMaxRows: 1_000,
  pageDefaultRows: 100,

  // Search
  searchQuestionItems: 8, // words of one question; more make it no clearer
  searchPageRows: 20,
  searchMaxRows: 1_000, // nobody reads further: one more word finds it
  searchSimilarRows: 5,
  searchSimilarCandidateRows: 40, // titles that share rare words, of which the likest are shown
  ideaDuplicatePercent: 81, // a title that only begins like another one reaches 80 (engine/search/likeness.ts)
  embedPageRows: 20, // a list beside an article, not a page of its own
  searchLikenessPercent: 30, // below it two titles have nothing to do with each other
  searchBatchRows: 500, // documents read, stored and sent at once: some 50 ms
  searchIndexTimeoutMs: 30_000, // nobody waits for a batch, and long texts on a busy machine take seconds
  searchRefreshMs: 200, // a search server shows what it got at the latest after so long
  searchPrepareEveryMs: 60_000, // a search server that lost its indices has them again after so long
  searchRetryMs: 2_000, // a search server that did not answer is sent to again after so long
  searchServerTimeoutMs: 700, // of a question; then PostgreSQL answers it
  searchServerWriteTimeoutMs: 20_000,

  // Members
  searchMaxItems: 6, // words of one question; more make it no clearer
  searchSimilarEntries: 5, // words that a misspelt one is taken for
  importMaxBytes: 8 * 1024 * 1024, // a line of a member is about 100 bytes; one with a long note 1,200
  importMaxRows: 50_000, // some 10 s of one connection's work
  importMaxColumnItems: 100,
  importRecordCharacters: 64 * 1024, // past it a quote was opened and never closed
  importTimeoutMs: 60_000, // who asks gives up sooner and repeats: an acceptance is carried out once
  importKeptMs: 24 * 3_600_000,
  importMaxFiles: 10, // previews of one organisation that wait; the oldest goes when another comes
  importShownItems: 1_000, // errors that a preview tells one by one
  importSampleRows: 10,
  invitationMs: 30 * 24 * 3_600_000,
  invitationMaxMessages: 10, // nobody's mailbox is filled by one button
  callMaxInvitationMessages: 10_000, // about a second; who has more members sends the same call again

  // Meetings
  meetingGraceMs: 15 * 60_000, // after its end attendees still see results and history
  meetingSweepMs: 5_000, // how late connections of an ended meeting are closed after that
  attendeeSessionKeptMs: 7 * 24 * 3_600_000, // so long after its end a session is still told apart from one that never was
  waitingAskMinMs: 2_000, // who waits to be admitted asks this often, and later the more there are:
  waitingAskEachMs: 4, // 2,000 people waiting ask 200 times a second together
  waitingAskMaxMs: 10_000,
  presenceTellMs: 2_000, // a gateway tells the database of those who came and went at most this often
  presenceRefreshMs: 5_000, // … and that it lives this often
  presenceExpiryMs: 15_000, // two of these missed and some: the gateway is gone, and who was connected to it
  agendaMaxItems: 300,
  speakersMaxEntries: 500,
  proxyKeptMs: 1_000, // a proxy revoked by another gateway is still voted with for at most this long
  proxyImportMaxRows: 10_000,

  // Campaigns
  campaignMaxTagItems: 200, // more nobody reads in a row of filters
  campaignSweepMs: 500, // how late a campaign starts, is completed, or its coins expire; batches refuse by the clock themselves
  campaignChangeTimeoutMs: 30_000, // purses of 100,000 members are opened or emptied by one statement: some seconds

  // Live figures
  resultWaitMs: 3_500, // a request waits so long for a result that is being counted, below its 5 s
  boardAskAgainMs: 500, // the database was away when a campaign hid its totals, or showed them
  tallyIntervalMs: 100, // at most 10 a second per topic
  secretStepBallots: 3, // k: a new live figure of a secret election needs at least this many further ballots
  feedPollMs: 50, // how late another gateway's batch may be noticed
  feedSignalledPollMs: 250, // the same while Redis carries signals: only what a lost one told of is so late
  snapshotEveryBallots: 50_000, // a restart re-reads at most this many ballots of an election
  replayMaxEntries: 500, // a topic's resume reads at most this many log rows, then a snapshot is shorter

  // Deliveries
  mailWorthSendingMs: 3 * 24 * 3_600_000, // a mail without a link that ends is tried so long
  mailLeaseMs: 120_000, // to send one mail; longer than all of nodemailer's own timeouts together
  mailKeptMs: 30 * 24 * 3_600_000, // settled mails, without their content: so long the same key is not queued again
  deliveriesTidyMs: 60_000, // a mail with a link that has ended is erased at most so much later
  mailPollMs: 500, // how late a mail may leave after it was queued
  outboxPollMs: 2_000,
  mailRetryMinMs: 30_000, // greylisting wants a minute or more; then 1, 2, 4 … minutes, at most an hour
  mailRetryMaxMs: 3_600_000,
  mailQueueTimeoutMs: 30_000, // 10,000 invitations in one statement take about a second

  // Notifications
  newsMs: 3 * 24 * 3_600_000, // what happened longer ago is no news: a log that is followed for the first time tells nobody
  spreadMembers: 1_000, // told of an event by one transaction: some 100 ms
  spreadTimeoutMs: 20_000,
  reminderMostMs: 24 * 3_600_000, // before the end, and never before three quarters of the time are over
  reminderLeastMs: 3_600_000, // elections that last less are over before a mail is read
  campaignRebuildMs: 120_000, // counting a campaign anew reads its whole ledger
  analyticsMaxRows: 10_000, // rows of the ideas of a campaign as CSV: about a megabyte
  coinsToldAfterMs: 600_000, // coins on an idea that come together are told together
  coinsToldEveryMs: 24 * 3_600_000, // of one idea
  notifyEveryMs: 15_000, // how late a reminder, and what was held for quiet hours, may leave
  notifyRoundItems: 100,
  notificationsKeptMs: 90 * 24 * 3_600_000, // they hold titles, and names of those who gave proxies
  notificationsTidyRows: 500,
  inboxMaxRows: 100,
  accountMaxSubscriptions: 20, // browsers with pushes; the oldest goes when another comes
  pushWorthMs: 24 * 3_600_000,
  pushPollMs: 500,
  pushTimeoutMs: 5_000,
  pushLeaseMs: 20_000, // to send one push and settle it
  pushRetryMinMs: 5_000,
  pushRetryMaxMs: 3_600_000,

  // Jobs
  relayRunRows: 500, // log rows of one job
  relayRoundItems: 40, // organisations; with relayRunRows the most that a round holds in memory
  relayRoundTimeoutMs: 5_000, // to read, add the jobs, and move the cursors
  relayQuietMs: 100, // between looks while nothing happens: with two of them freshness stays far below 1 s
  relayGatherMs: 400, // rows that come within it travel together: rounds every 20 ms left the hot path 0.63 of its rate, 200 ms 0.80, 400 ms 0.89
  relayChangesMs: 200, // how often staged changes are looked for
  relayLostMs: 30_000, // a run that nobody has taken in for so long is added again: its job was lost
  relayCarriedBytes: 256 * 1024, // a run that is larger is read from the log by whoever takes it in
  consumeMaxRows: 500, // of one transaction
  consumeTimeoutMs: 20_000,
  queueStatsMs: 2_000,
  deadLetterReasonCharacters: 1_000,

  // Access
  revocationPollMs: 200, // sockets of who lost access are closed and tokens refused within 1 s
  revocationMarginMs: 10_000, // longer than any transaction that revokes: rows become visible so much later at most
  accessChangedMs: 2_000, // no new ticket so soon after a change: its request may have known the caller from before
  keyUseMs: 60_000, // when a key was last used is written so often
  keyUseFlushMs: 10_000,
  keyFilePollMs: 500, // how late a change of API_KEYS_FILE may be noticed
  keyDefaultRequestsPerSecond: 200,
  signedWindowMs: 300_000, // a signed request is good so long before and after its time
  attemptsForgottenMs: 24 * 3_600_000, // failures in a row are counted from the start after a day without any

  webhooksMaxItems: 20, // of an organisation; each event is posted to all of them
  webhookPollMs: 500, // how late an event may leave after it became true
  webhookQueueRows: 500, // log rows of one transaction
  webhookTimeoutMs: 5_000, // a receiver that takes longer should queue the event itself
  webhookLeaseMs: 20_000, // to post one event and settle it
  webhookRetryMinMs: 5_000, // then 10, 20, 40 … seconds, at most an hour
  webhookRetryMaxMs: 3_600_000,
  webhookRetryForMs: 24 * 3_600_000, // then the event is given up, and a webhook that never answered well is disabled
  webhookSecretOverlapMs: 24 * 3_600_000, // the old secret signs as well
  webhookDeliveriesKeptMs: 30 * 24 * 3_600_000,

  // Audit
  auditChainRows: 2_000, // staged changes of one transaction: 100 ms of hashing, 3 MB in memory
  auditReadRows: 5_000, // entries of one read of a verification
  auditHeadsEveryMs: 3_600_000, // a head is signed with the first of these in a day

  // Redis, where there is one: nothing waits for it longer than this
  redisConnectTimeoutMs: 1_000,
  redisStartMs: 3_000, // a start waits so long for the first connection, and goes on without it
  redisAnswerMs: 50, // of a look; PostgreSQL answers where it is later
  redisRestMs: 1_000, // after an answer that was late nobody else is held up for so long
  redisBeatMs: 1_000, // a connection that is silent for so long is made anew
  signalPauseMs: 10, // batches of one organisation follow each other by a few ms: one signal for all of them
  cachedSessionMs: 30_000, // who is calling, by the hash of a secret; a revocation ends it at once
  cachedElectionMs: 600_000, // what never changes about an election once it is open
  cachedResultMs: 600_000, // of a published election, which nothing changes
  cachedJoinCodeMs: 60_000, // a new code takes the old one out at once; this is for one that was missed
  cachedMaxCharacters: 1_000_000, // a result with thousands of rounds is not kept

  // The fallback queue of ballots (BALLOT_FALLBACK)
  queueAnswerMs: 700, // until a ballot is on Redis' disk, or its fate there is unknown
  electionQueueMaxBallots: 100_000, // some 40 MB in Redis; past it they are refused as without a queue
  queueDrainMs: 200, // between looks at what waits
  queueDrainBallots: 500, // read, cast and settled at once
  queueLockMs: 15_000, // whoever drains and has died is replaced after so long; longer than a batch can take
  queueCloseMs: 2_500, // a close waits so long for what is queued; with the close itself below a request's 5 s
  queueStatusKeptMs: 24 * 3_600_000, // what became of a queued ballot can be asked for so long
  queueStatusMs: 250, // how late a voter's own gateway tells them that theirs is in

  // Time
  sweepMs: 250, // how late what nobody had in sight is found: a draft that opens at once, a count that was left behind
  appointmentAheadMs: 1_000, // opening and closing by time within the next sweeps has a timer of its own: exact to some ms
  upkeepMs: 3_600_000, // the log's partitions are made two months ahead
  upkeepNeglectedMs: 90 * 60_000, // where no worker has done the hourly upkeep for so long, a gateway does
  upkeepLongestMs: 6 * 3_600_000, // a backup or drill that began longer ago died with its process
  analyseAfterRows: 10_000, // changed rows from which on a table is analysed, if they are a tenth of it; autovacuum may be a minute late
  upkeepMaxRows: 1_000, // erased by one statement: pictures of 60 MB, or some hundred milliseconds of accounts
  upkeepTimeoutMs: 30_000, // words of a million members are looked through; nobody waits for it
  socketTicketMs: 30_000,
  attendeeSessionMs: 24 * 3_600_000,
  idempotencyKeyMs: 24 * 3_600_000,
  drainMs: 8_000, // SIGTERM to exit stays below 10 s, the database's own stop included

  // Sign-in (ASVS 5.0: 7.3.1 idle end, 7.3.2 absolute end, 6.4.1 short-lived links)
  accessTokenMs: 15 * 60_000,
  refreshGraceMs: 10_000, // the refresh token before the last is answered so long: two tabs, an answer that was lost
  sessionIdleMs: 30 * 24 * 3_600_000,
  sessionMaxMs: 90 * 24 * 3_600_000,
  freshSignInMs: 10 * 60_000, // acts that ask for the password may follow a sign-in of this age instead
  verifyLinkMs: 24 * 3_600_000,
  magicLinkMs: 15 * 60_000,
  resetLinkMs: 30 * 60_000,
  unprovenAccountMs: 7 * 24 * 3_600_000, // registered and never proven: most are mistyped addresses of others
  usedLinkMs: 7 * 24 * 3_600_000, // so long after its end a link is still told apart from one that never was
  oidcLoginMs: 10 * 60_000,
  codePauseMs: 60_000, // between two codes of an authenticator, after five wrong ones
  hourlyLinkMessages: 6, // mails with links that one account gets in an hour, whoever asks for them
  uniformAnswerMs: 250, // whoever asks for a mail is answered no sooner: the time does not tell whether one was sent
  signingKeyMs: 30 * 24 * 3_600_000,
  signingKeyAheadMs: 24 * 3_600_000, // the next key is published so long before its use: longer than key sets are cached
  signingKeyReloadMs: 1_000, // an unknown key id makes a gateway look at most so often
} as const;
