import { randomBytes } from 'node:crypto';
import type { Client } from '@opensearch-project/opensearch';
import { limits } from '../../limits.ts';
import { isMissing, refusalOf } from './client.ts';
import { indexBody, MAPPING_VERSION, type PolishAnalysis } from './mapping.ts';

/** An index that takes documents: under its own alias, so that writing to one that was removed makes no new one. */
export interface Target {
  readonly index: string;
  readonly alias: string;
}

/**
 * The indices of each kind. `PREFIX-KIND` is the alias that searches ask; `PREFIX-KIND-in-X` the alias by which the index
 * `PREFIX-KIND-vN-X` is written to. While a kind is indexed anew it has two of these.
 */
export class Indices {
  readonly #client: Client;
  readonly #prefix: string;
  readonly #notice: (line: string) => void;
  #polish: PolishAnalysis = 'hunspell';

  constructor(client: Client, prefix: string, notice: (line: string) => void) {
    this.#client = client;
    this.#prefix = prefix;
    this.#notice = notice;
  }

  /** What searches ask. */
  alias(kind: string): string {
    return `${this.#prefix}-${kind}`;
  }

  /** Where a document of the kind has to go: to one index, to two while it is indexed anew, to none before the first. */
  async targets(kind: string): Promise<Target[]> {
    const name = `${this.alias(kind)}-in-*`;
    try {
      const { body } = await this.#client.indices.getAlias({ name });
      return Object.entries(body).flatMap(([index, { aliases }]) =>
        Object.keys(aliases ?? {}).map((alias) => ({ index, alias })),
      );
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async exists(kind: string): Promise<boolean> {
    const { body } = await this.#client.indices.existsAlias({ name: this.alias(kind) });
    return body;
  }

  /** Makes the first index of a kind; nothing where another process was quicker. */
  async make(kind: string): Promise<void> {
    const alias = this.alias(kind);
    await this.#create(`${alias}-v${MAPPING_VERSION}-first`, { [alias]: {}, [`${alias}-in-first`]: {} });
  }

  /** An index beside the one in use: it gets every change from now on, and no search asks it yet. */
  async begin(kind: string): Promise<Target> {
    await this.#removeUnused(kind);
    const name = randomBytes(6).toString('hex');
    const target = {
      index: `${this.alias(kind)}-v${MAPPING_VERSION}-${name}`,
      alias: `${this.alias(kind)}-in-${name}`,
    };
    await this.#create(target.index, { [target.alias]: {} });
    return target;
  }

  /** From one moment to the next searches ask the new index; the old ones go. */
  async switchTo(kind: string, { index }: Target): Promise<void> {
    const alias = this.alias(kind);
    await this.#client.indices.refresh({ index });
    const old = (await this.targets(kind)).filter((target) => target.index !== index);
    const actions = [{ add: { index, alias } }, ...old.map((target) => ({ remove_index: { index: target.index } }))];
    await this.#client.indices.updateAliases({ body: { actions } });
  }

  /** What a reindex that was broken off has left. */
  async #removeUnused(kind: string): Promise<void> {
    const alias = this.alias(kind);
    const { body } = await this.#client.indices.get({ index: `${alias}-v*` });
    const unused = Object.entries(body).filter(([, { aliases }]) => aliases?.[alias] === undefined);
    for (const [index] of unused) await this.#client.indices.delete({ index, ignore_unavailable: true });
  }

  async #create(index: string, aliases: Record<string, object>): Promise<void> {
    try {
      const body = { ...indexBody(this.#polish, limits.searchRefreshMs), aliases };
      await this.#client.indices.create({ index, body: body as never });
    } catch (error) {
      const words = refusalOf(error);
      if (words.includes('resource_already_exists_exception')) return; // another process made it in this moment
      // a dictionary that is missing is an error of the server (5xx), but no outage
      if (this.#polish !== 'hunspell' || !/hunspell|pl_PL/i.test(words)) throw error;
      this.#notice(
        'the search server has no Polish dictionary (config/hunspell/pl_PL): Polish words are found without their endings reduced',
      );
      this.#polish = 'folded';
      await this.#create(index, aliases);
    }
  }
}
