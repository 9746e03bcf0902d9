import { randomBytes } from 'node:crypto';
import { limits } from '../limits.ts';
import type { RedisLink, Sent } from './link.ts';

/** A ballot that waits. What it says is sealed; Redis never sees the key. */
export interface QueuedEntry {
  /** of Redis; entries are in the order of their arrival */
  readonly entryId: string;
  /** what its voter asks by */
  readonly statusId: string;
  readonly sealed: string;
}

/** What is known of a queued ballot, as text of its owner's making. */
export type QueuedStatus = string;

/** The server's secrets, of which statuses are made so that nobody else can make one. */
export interface FateSealer {
  /** HMAC-SHA-256 by the present secret */
  fateMac(message: Uint8Array): Buffer;
  /** by any secret that is still good */
  isFateMac(message: Uint8Array, mac: Uint8Array): boolean;
}

export interface NewEntry {
  readonly orgId: string;
  readonly electionId: string;
  readonly statusId: string;
  readonly sealed: string;
  /** its status while it waits */
  readonly waiting: QueuedStatus;
}

export interface SettledEntry {
  readonly entryId: string;
  readonly statusId: string;
  /** null: nothing is known of it any more, and the same ballot may be sent anew */
  readonly status: QueuedStatus | null;
}

/** Why a Redis cannot hold ballots; the message says what to do. */
export class QueueProblem extends Error {
  override readonly name = 'QueueProblem';
}

// One slot of a cluster holds them all: a script may then touch a status, its stream and the list of streams at once.
const PREFIX = 'psephos:{ballots}:';
const ACTIVE = `${PREFIX}active`;

// The same ballot again changes nothing and gets the status of the first one.
const ADD = `local status = redis.call('GET', KEYS[1])
if status and status ~= '' then return status end
if redis.call('XLEN', KEYS[2]) >= tonumber(ARGV[1]) then return '' end
redis.call('XADD', KEYS[2], '*', 'id', ARGV[2], 'sealed', ARGV[3])
redis.call('SET', KEYS[1], ARGV[4])
redis.call('SADD', KEYS[3], ARGV[5])
return ARGV[4]`;
const FORGET_EMPTY = `if redis.call('XLEN', KEYS[1]) > 0 then return 0 end
redis.call('DEL', KEYS[1])
redis.call('SREM', KEYS[2], ARGV[1])
return 1`;
const KEEP_LOCK = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;
const UNLOCK = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/**
 * Ballots that wait in Redis: a stream for each election, and beside it what became of each ballot. An answer means that it
 * is on Redis' disk; a Redis that does not write each command to its disk before it answers is not used.
 */
export class BallotQueue {
  /** for whoever writes statuses; does not ask the database once start() is done */
  readonly sealer: () => Promise<FateSealer>;
  readonly #link: RedisLink;
  readonly #token = randomBytes(16).toString('hex');
  readonly #report: (error: unknown) => void;
  #durable = false;

  constructor(link: RedisLink, sealer: () => Promise<FateSealer>, report: (error: unknown) => void) {
    this.#link = link;
    this.sealer = sealer;
    this.#report = report;
    link.onTurn((up) => {
      this.#durable = false;
      // another server may stand there now, or the same one with other settings
      if (up) this.#check().catch((error: unknown) => this.#report(error));
    });
  }

  /** @throws QueueProblem where this Redis could lose a ballot that it has taken; the database's errors */
  async start(): Promise<void> {
    if (!this.#link.connected)
      throw new QueueProblem('BALLOT_FALLBACK=queue: no Redis answers at REDIS_URL. Start it first.');
    await this.#check();
    await this.sealer();
  }

  /** It takes ballots: connected, and known to write them to its disk. */
  get usable(): boolean {
    return this.#durable && this.#link.connected;
  }

  /** Resolves with the ballot's status once it is on disk; '' where the election's queue is full. */
  add({ orgId, electionId, statusId, sealed, waiting }: NewEntry): Promise<Sent<QueuedStatus>> {
    if (!this.usable) return Promise.resolve({ fate: 'unsent' });
    const keys = [statusKey(orgId, statusId), streamKey(electionId), ACTIVE];
    const most = String(limits.electionQueueMaxBallots);
    const rest = [most, statusId, sealed, waiting, `${orgId} ${electionId}`];
    return this.#link.send(
      (redis) => redis.eval(ADD, keys.length, ...keys, ...rest) as Promise<QueuedStatus>,
      limits.queueAnswerMs,
    );
  }

  /** Of each id, in the same order; null: not known. undefined where Redis does not answer. */
  async statuses(orgId: string, ids: readonly string[]): Promise<readonly (QueuedStatus | null)[] | undefined> {
    if (ids.length === 0) return [];
    return this.#ask<(string | null)[]>((redis) => redis.mget(...ids.map((id) => statusKey(orgId, id))));
  }

  /** Elections with ballots that wait. undefined where Redis does not answer. */
  async active(): Promise<readonly { readonly orgId: string; readonly electionId: string }[] | undefined> {
    const members = await this.#ask<string[]>((redis) => redis.smembers(ACTIVE));
    return members?.map((member) => {
      const [orgId, electionId] = member.split(' ') as [string, string];
      return { orgId, electionId };
    });
  }

  /** How many wait in an election. undefined where Redis does not answer. */
  waiting(electionId: string): Promise<number | undefined> {
    return this.#ask<number>((redis) => redis.xlen(streamKey(electionId)));
  }

  /** The first of those that wait, in the order of their arrival. undefined where Redis does not answer. */
  async first(electionId: string, count: number): Promise<readonly QueuedEntry[] | undefined> {
    const entries = await this.#ask<[string, string[]][]>((redis) =>
      redis.xrange(streamKey(electionId), '-', '+', 'COUNT', count),
    );
    return entries?.map(([entryId, fields]) => {
      const of = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
      return { entryId, statusId: of('id'), sealed: of('sealed') };
    });
  }

  /** Notes what became of them and takes them out, at once. False where it is not known to be done. */
  async settle(orgId: string, electionId: string, entries: readonly SettledEntry[]): Promise<boolean> {
    if (entries.length === 0) return true;
    const sent = await this.#link.send(async (redis) => {
      const change = redis.multi();
      for (const { statusId, status } of entries) {
        const key = statusKey(orgId, statusId);
        if (status === null) change.del(key);
        else change.set(key, status, 'PX', limits.queueStatusKeptMs);
      }
      change.xdel(streamKey(electionId), ...entries.map(({ entryId }) => entryId));
      const answers = await change.exec();
      const failed = answers?.find(([error]) => error !== null);
      if (answers === null || failed !== undefined) throw failed?.[0] ?? new Error('the settlement was dropped');
    }, limits.queueAnswerMs);
    return sent.fate === 'done';
  }

  /** An election without any that wait leaves the list. False where one has come meanwhile. */
  async forgetEmpty(orgId: string, electionId: string): Promise<boolean> {
    const [stream, member] = [streamKey(electionId), `${orgId} ${electionId}`];
    return (await this.#ask((redis) => redis.eval(FORGET_EMPTY, 2, stream, ACTIVE, member))) === 1;
  }

  /** Nobody else drains this election until unlock(), or until this process is dead for a while. */
  async lock(electionId: string): Promise<boolean> {
    const key = lockKey(electionId);
    const taken = await this.#ask((redis) => redis.set(key, this.#token, 'PX', limits.queueLockMs, 'NX'));
    return taken === 'OK';
  }

  /** False where the lock has gone to another. */
  async keepLock(electionId: string): Promise<boolean> {
    const lock = [lockKey(electionId), this.#token, limits.queueLockMs] as const;
    return (await this.#ask((redis) => redis.eval(KEEP_LOCK, 1, ...lock))) === 1;
  }

  async unlock(electionId: string): Promise<void> {
    await this.#ask((redis) => redis.eval(UNLOCK, 1, lockKey(electionId), this.#token));
  }

  /** undefined where Redis does not answer. Nobody's request waits for these, but a status that is asked for. */
  async #ask<T>(command: Parameters<RedisLink['send']>[0]): Promise<T | undefined> {
    const sent = await this.#link.send(command, limits.queueAnswerMs);
    return sent.fate === 'done' ? (sent.value as T) : undefined;
  }

  async #check(): Promise<void> {
    const sent = await this.#link.send(async (redis) => {
      const settings = await Promise.all(
        ['appendonly', 'appendfsync', 'maxmemory-policy'].map((name) => redis.config('GET', name) as Promise<string[]>),
      );
      return Object.fromEntries(settings.map(([name, value]) => [name, value]));
    }, limits.redisConnectTimeoutMs);
    if (sent.fate !== 'done') {
      throw new QueueProblem(
        'BALLOT_FALLBACK=queue: this Redis does not say how it keeps data (CONFIG GET), so no ballot is put into it. ' +
          'Allow that command, or set BALLOT_FALLBACK=off.',
      );
    }
    const { appendonly, appendfsync, 'maxmemory-policy': policy } = sent.value;
    if (appendonly !== 'yes' || appendfsync !== 'always' || policy !== 'noeviction') {
      throw new QueueProblem(
        `BALLOT_FALLBACK=queue: this Redis could lose a ballot that it has taken (appendonly ${appendonly}, appendfsync ` +
          `${appendfsync}, maxmemory-policy ${policy}). Set appendonly yes, appendfsync always and maxmemory-policy ` +
          'noeviction, or BALLOT_FALLBACK=off.',
      );
    }
    this.#durable = true;
  }
}

function streamKey(electionId: string): string {
  return `${PREFIX}queue:${electionId}`;
}

function statusKey(orgId: string, statusId: string): string {
  return `${PREFIX}status:${orgId}:${statusId}`;
}

function lockKey(electionId: string): string {
  return `${PREFIX}drain:${electionId}`;
}
