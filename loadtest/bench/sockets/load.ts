import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answers, Order } from './orders.ts';

/** A load process of our own, which takes one order at a time. */
export class Load {
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'load-process.ts'), [], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
    });
    this.#ended = once(this.#child, 'exit').then(([code, signal]) => String(signal ?? code));
  }

  /** Resolves with the answer; rejects when the process ends instead. */
  async order<Given extends Order>(order: Given): Promise<Answers[Given['do']]> {
    this.#child.send(order);
    const failed = this.#ended.then((how) => {
      throw new Error(`the load process ended (${how}); its words stand above`);
    });
    const [answer] = await Promise.race([once(this.#child, 'message'), failed]);
    return answer as Answers[Given['do']];
  }

  /** Its sockets go with it. Safe to call when it has ended. */
  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
  }
}
