import { computed, signal } from '@preact/signals';
import { type CastResult, PsephosError, type ResultView } from '../../client/index.ts';
import type { BallotAccessView } from '../../protocol/ballot-access.ts';
import { httpWith } from '../ui/clients.ts';
import type { Connection } from '../ui/connection-state.tsx';
import type { Election } from './ballots/content.ts';
import { Voter } from './voter.ts';

/** Asked again while the page is seen: soon where something is about to happen, seldom once it is over. */
const LOOK_MS = { draft: 4_000, open: 8_000, closed: 6_000, published: 0, cancelled: 0 } as const;
const AFTER_FAILURE_MS = 2_500;
/** Holders of one election should not ask in step. */
const JITTER = 0.3;
const CAST_TIMEOUT_MS = 7_000;

const STORED = 'psephos.token.';
const NOT_FOUND = 'NOT_FOUND_001';
/** A link that was cut or mistyped. */
const MALFORMED: readonly string[] = ['VALIDATION_001', 'VALIDATION_002'];

/**
 * The token of a voting link. It stands in the fragment, which no server sees; it leaves the address bar at once, so that
 * nobody reads it over a shoulder or copies it with the address, and stays in this tab for a reload.
 */
export function takeToken(electionId: string): string | undefined {
  const given = decodeURIComponent(location.hash.slice(1));
  try {
    if (given !== '') sessionStorage.setItem(STORED + electionId, given);
  } catch {
    // without storage the link has to be opened again after a reload
  }
  if (given !== '') {
    history.replaceState(null, '', location.pathname);
    return given;
  }
  try {
    return sessionStorage.getItem(STORED + electionId) ?? undefined;
  } catch {
    return undefined;
  }
}

/** A short name of a token, so that ballots of two links in one browser are kept apart; it gives nothing of it away. */
function nameOf(token: string): string {
  let sum = 0x811c9dc5; // FNV-1a, 32 bits of at least 128
  for (const character of token) sum = Math.imul(sum ^ (character.codePointAt(0) as number), 0x01000193);
  return (sum >>> 0).toString(16);
}

/** Whoever holds a one-time token, without any account: sees the election, votes once, sees the result. */
export class TokenVoter {
  readonly electionId: string;
  readonly voter: Voter;
  /** undefined until the first answer */
  readonly election = signal<Election | undefined>(undefined);
  /** there is no such vote, or the token is not its own: one answer for both */
  readonly unknown = signal(false);
  readonly #reached = signal(true);
  readonly #online = signal(navigator.onLine);
  readonly connection = computed<Connection>(() =>
    !this.#online.value ? 'offline' : this.#reached.value ? 'up' : 'retrying',
  );
  readonly #token: string;
  #looking: ReturnType<typeof setTimeout> | undefined;

  constructor(electionId: string, token: string) {
    this.electionId = electionId;
    this.#token = token;
    this.voter = new Voter(`token-${nameOf(token)}`, {
      cast: (_, content, castKey, onQueued) => this.#cast(content, castKey, onQueued),
      result: async () => (await this.#access()).result as ResultView,
      ballot: async (_, trackingCode) => {
        const { ballot } = await this.#access(trackingCode);
        if (ballot === null) throw new PsephosError(NOT_FOUND, 'No published ballot has this code.');
        return ballot;
      },
      watchTally: undefined,
    });
    const network = (online: boolean) => {
      this.#online.value = online;
      if (online) void this.look();
    };
    addEventListener('online', () => network(true));
    addEventListener('offline', () => network(false));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void this.look();
    });
    void this.look();
  }

  /** Asks how the election stands, and again later for as long as something may change. */
  async look(): Promise<void> {
    clearTimeout(this.#looking);
    let nextMs: number = AFTER_FAILURE_MS;
    try {
      const { election, voted } = await this.#access();
      this.#reached.value = true;
      this.election.value = election;
      nextMs = LOOK_MS[election.state];
      if (voted && this.voter.records.of(this.electionId).value.state === 'draft') {
        this.voter.records.change(this.electionId, { state: 'refused', refusal: 'elsewhere' });
      }
    } catch (error) {
      if (error instanceof PsephosError && (error.code === NOT_FOUND || MALFORMED.includes(error.code))) {
        this.unknown.value = true;
        return;
      }
      this.#reached.value = false;
    }
    if (nextMs === 0) return;
    const ms = nextMs * (1 + JITTER * Math.random());
    this.#looking = setTimeout(() => document.visibilityState === 'visible' && void this.look(), ms);
  }

  #access(trackingCode?: string): Promise<BallotAccessView> {
    const code = trackingCode === undefined ? {} : { tracking_code: trackingCode };
    const body = { election_id: this.electionId, credential: this.#token, ...code };
    return httpWith().call({ method: 'POST', path: '/v1/ballot-access', body });
  }

  /** One attempt: the voter repeats it for as long as its fate is not known. */
  async #cast(ballot: unknown, castKey: string, onQueued: () => void): Promise<CastResult> {
    const body = { election_id: this.electionId, credential: this.#token, ballot, cast_key: castKey };
    const call = {
      method: 'POST',
      path: '/v1/ballot-access/cast',
      body,
      retries: 0,
      timeoutMs: CAST_TIMEOUT_MS,
    } as const;
    try {
      const answer = await httpWith().call<{ tracking_code: string } | { queued: string }>(call);
      this.#reached.value = true;
      if ('tracking_code' in answer) return { ok: true, trackingCode: answer.tracking_code, castKey, attempts: 1 };
      onQueued();
      const { queued } = answer;
      return { ok: false, code: 'LOAD_004', message: '', details: {}, unknown: true, queued, castKey, attempts: 1 };
    } catch (error) {
      if (!(error instanceof PsephosError)) throw error;
      const { code, message, details } = error;
      this.#reached.value = code !== 'UNREACHABLE';
      return { ok: false, code, message, details, unknown: code === 'UNREACHABLE', castKey, attempts: 1 };
    } finally {
      void this.look();
    }
  }
}
