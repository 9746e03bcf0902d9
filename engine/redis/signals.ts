import type { Redis } from 'ioredis';
import { limits } from '../limits.ts';
import type { RedisLink } from './link.ts';

/**
 * "Look now" between processes: who has written to an organisation's log says so, and who follows that log looks at once
 * instead of at its next poll. What became true stands in the log alone, so a signal that is lost costs time, nothing else.
 */
export class LogSignals {
  readonly #link: RedisLink;
  readonly #ears: Redis;
  readonly #prefix: string;
  readonly #followed = new Set<string>();
  /** organisations that were told of within the last moment, and whether there is more to tell since */
  readonly #told = new Map<string, boolean>();
  #hear: (orgId: string) => void = () => {};
  #turned: (healthy: boolean) => void = () => {};
  #hearing = false;

  /** @param epoch of the database: installations that share a Redis do not wake each other */
  constructor(link: RedisLink, epoch: string) {
    this.#link = link;
    this.#prefix = `psephos:log:${epoch}:`;
    this.#ears = link.subscriber();
    const take = (channel: string) => this.#hear(channel.slice(this.#prefix.length));
    this.#ears.on('message', take);
    this.#ears.on('smessage', take);
    this.#ears.on('ready', () => this.#turn(true));
    this.#ears.on('close', () => this.#turn(false));
    link.onTurn(() => this.#turned(this.healthy));
  }

  /** Signals go out and come in: polling may rest for longer. */
  get healthy(): boolean {
    return this.#hearing && this.#link.up;
  }

  /** @param turned told when signals begin or cease to come */
  start(hear: (orgId: string) => void, turned: (healthy: boolean) => void): void {
    this.#hear = hear;
    this.#turned = turned;
    this.#ears.connect().catch(() => {}); // it goes on trying
  }

  follow(orgId: string): void {
    if (this.#followed.has(orgId)) return;
    this.#followed.add(orgId);
    if (this.#hearing) this.#subscribe([orgId]);
  }

  leave(orgId: string): void {
    if (!this.#followed.delete(orgId) || !this.#hearing) return;
    const channel = this.#prefix + orgId;
    const left = this.#link.sharded ? this.#ears.sunsubscribe(channel) : this.#ears.unsubscribe(channel);
    left.catch(() => {});
  }

  /** This process has written to the organisation's log. Batches follow each other by a few ms: told of once in a while. */
  tell(orgId: string): void {
    if (this.#told.has(orgId)) {
      this.#told.set(orgId, true);
      return;
    }
    this.#publish(orgId);
    this.#told.set(orgId, false);
    setTimeout(() => {
      const more = this.#told.get(orgId) === true;
      this.#told.delete(orgId);
      if (more) this.tell(orgId);
    }, limits.signalPauseMs).unref();
  }

  close(): void {
    this.#ears.disconnect();
  }

  #publish(orgId: string): void {
    const channel = this.#prefix + orgId;
    void this.#link.look((redis) => (this.#link.sharded ? redis.spublish(channel, '') : redis.publish(channel, '')));
  }

  #subscribe(orgIds: readonly string[]): void {
    for (const orgId of orgIds) {
      const channel = this.#prefix + orgId;
      const heard = this.#link.sharded ? this.#ears.ssubscribe(channel) : this.#ears.subscribe(channel);
      heard.then(
        () => this.#hear(orgId), // whatever was told before this moment was not heard
        () => {},
      );
    }
  }

  #turn(hearing: boolean): void {
    this.#hearing = hearing;
    if (hearing) this.#subscribe([...this.#followed]);
    this.#turned(this.healthy);
  }
}
