import { newestMigration } from '../sql/migrate.ts';
import {
  type AccountOptions,
  type AccountRooms,
  ApiKeys,
  Idempotency,
  KeyFile,
  openAccounts,
  SessionCache,
  Vault,
} from './accounts/index.ts';
import { Attempts } from './attempts/index.ts';
import { Audit } from './audit/index.ts';
import { CacheRates } from './cache-rates.ts';
import { type CampaignRooms, openCampaigns } from './campaigns/index.ts';
import { classifyFailure, type Database, type DatabaseOptions, openDatabase } from './db/index.ts';
import { Mails, Webhooks } from './deliveries/index.ts';
import { Elections, Minutes, Paper, Pictures, Templates, TokenHolders } from './elections/index.ts';
import { DeadLetters, Queues, Relay } from './jobs/index.ts';
import type { LaneLimits } from './lanes/index.ts';
import { limits } from './limits.ts';
import { LogFeed, Revocations } from './log/index.ts';
import { type MeetingRooms, openMeetings } from './meetings/index.ts';
import { Groups, Invitations, MemberImports, Members } from './members/index.ts';
import { Notifications, Preferences, Pushes } from './notifications/index.ts';
import { accept, type Outcome, refuse } from './outcome.ts';
import { appliedMigration, makeLogPartitions } from './queries.ts';
import { openRedis, type RedisOptions, type RedisRooms } from './redis/index.ts';
import { Search, type SearchOptions } from './search/index.ts';
import { Sweep } from './sweep.ts';
import { type TaskSummary, UpkeepTasks } from './upkeep/index.ts';
import { eraseAll, openUpkeep, type Upkeep } from './upkeep.ts';
import { Usage } from './usage/index.ts';

export type {
  Account,
  ApiKey,
  Caller,
  Idempotency,
  Identity,
  Membership,
  Organisation,
  Person,
  Role,
  Session,
  SignedIn,
} from './accounts/index.ts';
export { idsOf } from './accounts/index.ts';
export type { Pauses } from './attempts/index.ts';
export { type AuditRecord, chainName, type PublishedHead, readHeads, type Verification } from './audit/index.ts';
export type {
  AnalyticsFigures,
  BoardFigures,
  BoardRow,
  CampaignChange,
  CampaignMember,
  CampaignResult,
  CampaignSeen,
  CampaignShown,
  CampaignTag,
  CampaignViewer,
  CoinAct,
  CoinBalance,
  CoinReceipt,
  EmbeddedIdeas,
  Idea,
  IdeaComment,
  IdeaDecision,
  IdeaQuery,
  IdeaSeen,
  LedgerEntry,
  LedgerLeg,
} from './campaigns/index.ts';
export { hidesTotals } from './campaigns/index.ts';
export { actAs, isAwayError, PLATFORM_CHAIN } from './db/index.ts';
export type {
  Appointment,
  ClaimedDelivery,
  ClaimedMail,
  DeliveryEnd,
  MailEnd,
  NewMail,
  WaitingMail,
  Webhook,
  WebhookDelivery,
} from './deliveries/index.ts';
export { addressProblem, webhookSentence } from './deliveries/index.ts';
export type {
  CastReceipt,
  CastRequest,
  Election,
  ElectionChanges,
  ElectionPattern,
  ElectionResult,
  MinutesFacts,
  NewCredential,
  NewElection,
  PaperBatchInfo,
  PaperState,
  Participation,
  Picture,
  PublishedBallot,
  QueuedBallot,
  Recount,
  ResultJson,
  Standing,
  TallyFigures,
  Template,
  TokenHolder,
} from './elections/index.ts';
export { credentialOfToken, ROUND_TABLE_HEADER, resultToJson, roundTable } from './elections/index.ts';
export type { DeadLetter, LogRange, QueueStats, RelayRound } from './jobs/index.ts';
export { limits } from './limits.ts';
export type { LogEntry, Revocation } from './log/index.ts';
export type {
  Agenda,
  Attendee,
  Joined,
  Meeting,
  MemberProxy,
  OwnAttendance,
  Presence,
  ProxyActor,
  SpeakerList,
} from './meetings/index.ts';
export type {
  Group,
  Invitation,
  Member,
  MemberFilter,
  MemberImport,
  MemberQuery,
  MembersActor,
} from './members/index.ts';
export type { ClaimedPush, Inbox, InboxFigures, PushEnd, PushSubscription } from './notifications/index.ts';
export { accept, type FailureKind, type Outcome, refuse } from './outcome.ts';
export type { Page } from './page.ts';
export { QueueProblem } from './redis/index.ts';
export type {
  SearchAnswer,
  SearchDifference,
  SearchOptions,
  SearchReader,
  SearchRequest,
  SearchScope,
  SearchSource,
} from './search/index.ts';
export type { Retention, TaskState, TaskSummary } from './upkeep/index.ts';
export type { Upkeep } from './upkeep.ts';
export type { Quotas, Use } from './usage/index.ts';

export interface EngineOptions extends DatabaseOptions, AccountOptions {
  /** told of bugs met outside any request; expected failures are outcomes and never come here */
  readonly report?: (error: unknown) => void;
  /** told when the database is found to be away, and when ballots reach it again */
  readonly reachable?: (yes: boolean) => void;
  /** a file with API keys that a secret store keeps up to date */
  readonly apiKeysFile?: string | undefined;
  /** other bounds for the lanes, for tests of overload */
  readonly laneLimits?: Partial<LaneLimits>;
  /** webhooks may lead to this machine and into private networks */
  readonly webhookAllowPrivate?: boolean;
  /** nothing is done by the clock: for looking at a restored copy */
  readonly still?: boolean;
  /** where the search keeps its documents; left out: in the database alone */
  readonly search?: SearchOptions;
  /** the optional second store: signals between processes, a read cache, and the fallback queue where it is asked for */
  readonly redis?: RedisOptions | undefined;
}

/** What a room offers, without what it is made of: a model in memory can stand in for it. */
type Surface<Room> = Pick<Room, keyof Room>;
type Surfaces<Rooms> = { readonly [Name in keyof Rooms]: Surface<Rooms[Name]> };

/** The rules, whole: everything a gateway, a worker or a test may ask. */
export interface Engine extends Surfaces<AccountRooms>, Surfaces<MeetingRooms>, Surfaces<CampaignRooms> {
  readonly elections: Surface<Elections>;
  readonly paper: Surface<Paper>;
  readonly templates: Surface<Templates>;
  readonly pictures: Surface<Pictures>;
  readonly minutes: Surface<Minutes>;
  readonly tokenHolders: Surface<TokenHolders>;
  readonly members: Surface<Members>;
  readonly groups: Surface<Groups>;
  readonly memberImports: Surface<MemberImports>;
  readonly invitations: Surface<Invitations>;
  readonly apiKeys: Surface<ApiKeys>;
  readonly idempotency: Surface<Idempotency>;
  readonly mails: Surface<Mails>;
  readonly webhooks: Surface<Webhooks>;
  readonly notifications: Surface<Notifications>;
  readonly preferences: Surface<Preferences>;
  readonly pushes: Surface<Pushes>;
  readonly feed: Surface<LogFeed>;
  readonly revocations: Pick<Revocations, 'listen'>;
  readonly usage: Surface<Usage>;
  readonly attempts: Surface<Attempts>;
  readonly audit: Surface<Audit>;
  readonly upkeep: Upkeep;
  readonly upkeepTasks: Surface<UpkeepTasks>;
  readonly search: Surface<Search>;
  readonly cacheRates: Surface<CacheRates>;
  readonly relay: Surface<Relay>;
  readonly queues: Surface<Queues>;
  readonly deadLetters: Surface<DeadLetters>;
  /** whether Redis answers; null where the installation has none */
  readonly redisUp: () => boolean | null;
  /** The database answers and is migrated to this version. */
  ready(): Promise<Outcome<{ readonly database: 'up'; readonly migration: string }>>;
  /** Work that was accepted finishes, then connections close. */
  close(): Promise<void>;
}

/**
 * Opens the engine on a migrated database.
 * @throws the database's error where it cannot be reached; QueueProblem where ballots would not be safe in Redis
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const report = options.report ?? (() => {});
  const { database, feed, revocations, keyFile, vault, cacheRates, redis } = await openStores(options, report);
  const publicUrl = options.publicUrl ?? 'http://localhost:8080';
  const apiKeys = new ApiKeys(database, vault, keyFile);
  const attempts = new Attempts(database);
  const memberImports = new MemberImports(database, feed);
  const sessionCache = redis && new SessionCache(redis.cache, revocations);
  const rooms = openAccounts(database, feed, apiKeys, options, sessionCache);
  const meetingRooms = openMeetings(database, feed, redis?.cache ?? null);
  const elections = new Elections(database, feed, report, options.laneLimits, options.reachable, redis);
  const search = new Search(database, options.search ?? {}, report);
  const campaignRooms = openCampaigns(database, feed, search, options.laneLimits);
  const pictures = new Pictures(database);
  const members = new Members(database, feed);
  const upkeep = openUpkeep(pictures, rooms.registration, members);
  const keep = () => keepUp(database, rooms, attempts, meetingRooms, memberImports, upkeep);
  const upkeepTasks = new UpkeepTasks(database, keep);
  const sweeps = [
    new Sweep(() => elections.sweep(), limits.sweepMs, report),
    new Sweep(() => meetingRooms.meetings.cutSessions(), limits.meetingSweepMs, report),
    new Sweep(() => campaignRooms.campaigns.sweep(), limits.campaignSweepMs, report),
    new Sweep(async () => void (await upkeepTasks.tidy(limits.upkeepNeglectedMs)), limits.upkeepMs, report),
    new Sweep(async () => elections.fallback?.drain(), limits.queueDrainMs, report),
    new Sweep(async () => elections.fallback?.forgetLate(), limits.upkeepMs, report),
    new Sweep(() => apiKeys.writeUse(), limits.keyUseFlushMs, report),
    ...(keyFile === undefined ? [] : [new Sweep(() => keyFile.look(), limits.keyFilePollMs, report)]),
  ];
  if (options.still !== true) for (const sweep of sweeps) sweep.start();
  const expected = await newestMigration();
  return {
    elections,
    ...campaignRooms,
    paper: new Paper(database, feed),
    templates: new Templates(database),
    pictures,
    minutes: new Minutes(database, elections),
    tokenHolders: new TokenHolders(database),
    ...meetingRooms,
    members,
    groups: new Groups(database, feed),
    memberImports,
    invitations: new Invitations(database, feed, publicUrl),
    ...rooms,
    apiKeys,
    idempotency: new Idempotency(database),
    mails: new Mails(database, report),
    webhooks: new Webhooks(database, feed, options.webhookAllowPrivate ?? false),
    notifications: new Notifications(database, feed, vault, publicUrl),
    preferences: new Preferences(database, vault),
    pushes: new Pushes(database, vault, publicUrl, options.webhookAllowPrivate ?? false),
    feed,
    revocations,
    usage: new Usage(database),
    attempts,
    audit: new Audit(database, { ring: () => vault.ring() }),
    upkeep,
    upkeepTasks,
    search,
    cacheRates,
    redisUp: () => redis?.up() ?? null,
    relay: new Relay(database, () => feed.epoch()),
    queues: new Queues(database),
    deadLetters: new DeadLetters(database),
    ready: () => readiness(database, expected, report),
    close: async () => {
      for (const sweep of sweeps) await sweep.stop();
      await revocations.close();
      await Promise.all([elections.drain(), campaignRooms.coins.close()]);
      await closeStores(database, feed, redis, search);
    },
  };
}

/** What all rooms stand on, started; nothing is left open where that fails. */
async function openStores(options: EngineOptions, report: (error: unknown) => void) {
  const database = await openDatabase(options);
  const feed = new LogFeed(database, report);
  const revocations = new Revocations(database, report);
  const keyFile = keyFileAt(options.apiKeysFile, report, revocations);
  const vault = new Vault(database, options.secretKeys ?? []);
  const cacheRates = new CacheRates();
  let redis: RedisRooms | null = null;
  try {
    await feed.start();
    await keyFile?.start();
    if (options.redis !== undefined) {
      redis = await openRedis(options.redis, feed.epoch(), cacheRates, () => vault.ring(), report);
    }
  } catch (error) {
    await database.close(); // an open connection would keep the process that gives up from ending
    throw error;
  }
  if (redis !== null) feed.useSignals(redis.signals);
  return { database, feed, revocations, keyFile, vault, cacheRates, redis };
}

/** Who follows the log stops before its connections close. */
async function closeStores(database: Database, feed: LogFeed, redis: RedisRooms | null, search: Search): Promise<void> {
  feed.close();
  redis?.close();
  await search.close();
  await database.close();
}

/** What is done once an hour, whichever process does it: the workers, or a gateway where there are none. */
async function keepUp(
  database: Database,
  rooms: AccountRooms,
  attempts: Attempts,
  { meetings }: Pick<MeetingRooms, 'meetings'>,
  memberImports: MemberImports,
  upkeep: Upkeep,
): Promise<TaskSummary> {
  await database.management.call((sql) => makeLogPartitions(sql));
  await rooms.accessTokens.keep();
  await attempts.clear();
  await meetings.forgetSessions();
  await memberImports.tidy();
  await eraseAll(upkeep);
  return {};
}

async function readiness(
  database: Database,
  expected: string,
  report: (error: unknown) => void,
): Promise<Outcome<{ readonly database: 'up'; readonly migration: string }>> {
  try {
    const migration = await database.management.call((sql) => appliedMigration(sql));
    return migration === expected
      ? accept({ database: 'up', migration })
      : refuse('database_away', `The database is at ${migration}, this version needs ${expected}.`);
  } catch (error) {
    if (classifyFailure(error) === 'bug') report(error);
    return refuse('database_away', 'The database cannot be reached.');
  }
}

/** Sockets of keys that are taken out of the file are closed by each gateway for itself: each has its own file. */
function keyFileAt(
  path: string | undefined,
  report: (error: unknown) => void,
  revocations: Revocations,
): KeyFile | undefined {
  if (path === undefined) return undefined;
  return new KeyFile(path, report, (gone) =>
    revocations.tell(gone.map(({ orgId, key }) => ({ orgId, id: key.keyId, endsAtMs: null, atMs: performance.now() }))),
  );
}
