import { useEffect, useState } from 'preact/hooks';
import type { PageView } from '../../../client/index.ts';
import type { ApiKeyView } from '../../../protocol/api-keys.ts';
import type { GroupView } from '../../../protocol/groups.ts';
import type { AttendeeView } from '../../../protocol/meetings.ts';
import type { MemberView } from '../../../protocol/members.ts';
import type { ProxyView } from '../../../protocol/proxies.ts';
import { api } from '../../ui/account-session.ts';
import { t } from '../texts.ts';
import { type Entry, textIn } from './entry.ts';
import { type Reference, referencesOf } from './references.ts';

/** Names by id; missing: still asked for; null: there is none to be had, whether it is gone or not for this reader. */
type Names = ReadonlyMap<string, string | null>;

/** Questions under way at once: names are a comfort and must not crowd out what people do. */
const AT_ONCE = 4;
/** Names that have come meanwhile are shown so often. */
const SHOWN_EVERY_MS = 200;

/** What elections, meetings and members have in common here. */
interface Named {
  readonly title?: string;
  readonly name?: string;
  readonly meeting_id?: string | null;
}

/** Looks names up, each once. What is a list is read as one; what is refused has no name here. */
class Lookup {
  readonly #names = new Map<string, string | null>();
  readonly #asked = new Map<string, Promise<void>>();
  readonly #meetings = new Map<string, string>();

  get names(): Names {
    return new Map(this.#names);
  }

  has(id: string): boolean {
    return this.#names.has(id);
  }

  keep(id: string, name: string): void {
    if (name !== '') this.#names.set(id, name);
  }

  async find(reference: Reference): Promise<void> {
    const { id, sort, election } = reference;
    if (this.#names.has(id)) return;
    if (election !== undefined) await this.#one(election, `/v1/elections/${election}`);
    const meeting = reference.meeting ?? this.#meetings.get(election ?? '');
    if (sort === 'meeting') await this.#one(id, `/v1/meetings/${id}`);
    if (sort === 'election') await this.#one(id, `/v1/elections/${id}`);
    if (sort === 'group') await this.#list<GroupView>('/v1/groups', (group) => [group.group_id, group.name]);
    if (sort === 'key') await this.#keys();
    if (sort === 'proxy') {
      await this.#list<ProxyView>('/v1/proxies', ({ proxy_id: proxy, grantor, holder }) => [
        proxy,
        t('log.proxyOf', { grantor: grantor.name, holder: holder.name }),
      ]);
    }
    if (meeting !== undefined && (sort === 'attendee' || sort === 'actor')) await this.#attendees(meeting);
    if (!this.#names.has(id) && sort === 'actor') await this.#keys();
    if (!this.#names.has(id) && (sort === 'member' || sort === 'actor')) await this.#member(id);
    if (!this.#names.has(id)) this.#names.set(id, null);
  }

  /** Most organisations stand on the first page of their list; whoever does not is asked for alone. */
  async #member(id: string): Promise<void> {
    await this.#list<MemberView>('/v1/members', (member) => [member.member_id, member.name]);
    if (!this.#names.has(id)) await this.#one(id, `/v1/members/${id}`);
  }

  #keys(): Promise<void> {
    return this.#list<ApiKeyView>('/v1/api-keys', (key) => [key.key_id, t('log.keyNamed', { name: key.name })]);
  }

  #attendees(meeting: string): Promise<void> {
    return this.#list<AttendeeView>(`/v1/meetings/${meeting}/attendees`, (one) => [one.attendee_id, one.name]);
  }

  #one(id: string, path: string): Promise<void> {
    return this.#ask<Named>(path, {}, ({ title, name, meeting_id: meeting }) => {
      this.keep(id, title ?? name ?? '');
      if (typeof meeting === 'string') this.#meetings.set(id, meeting);
    });
  }

  #list<T>(path: string, read: (item: T) => readonly [id: string, name: string]): Promise<void> {
    return this.#ask<PageView<T>>(path, { limit: '200' }, ({ items }) => {
      for (const item of items) this.keep(...read(item));
    });
  }

  /** Each path once; what is deleted or not for this reader has no name. */
  #ask<T>(path: string, query: Readonly<Record<string, string>>, take: (answer: T) => void): Promise<void> {
    const known = this.#asked.get(path);
    if (known !== undefined) return known;
    const asked = api.call<T>({ method: 'GET', path, query, retries: 0 }).then(take, () => {});
    this.#asked.set(path, asked);
    return asked;
  }
}

/** The names of what these entries speak of, as they come in. */
export function useNames(entries: readonly Entry[]): Names {
  const [lookup] = useState(() => new Lookup());
  const [names, setNames] = useState<Names>(new Map());
  useEffect(() => {
    let gone = false;
    let dueMs = performance.now() + SHOWN_EVERY_MS;
    for (const entry of entries)
      if (/\.(?:created|edited)$/.test(entry.kind)) lookup.keep(entry.topic, textIn(entry, 'title'));
    const waiting = entries.flatMap(referencesOf).filter(({ id }) => !lookup.has(id));
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined && !gone; next = waiting.shift()) {
        await lookup.find(next);
        if (gone || performance.now() < dueMs) continue;
        setNames(lookup.names);
        dueMs = performance.now() + SHOWN_EVERY_MS;
      }
    };
    void Promise.all(Array.from({ length: AT_ONCE }, work)).then(() => !gone && setNames(lookup.names));
    return () => {
      gone = true;
    };
  }, [entries, lookup]);
  return names;
}
