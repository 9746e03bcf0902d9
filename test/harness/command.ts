import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../..');
const POLL_MS = 10;

/** A command of package.json in a process of its own, as a person runs it. */
export interface Command {
  readonly child: ChildProcess;
  /** standard output so far */
  out(): string;
  /** standard error so far */
  err(): string;
  /** Resolves with the exit code (null: ended by a signal), once both outputs are complete. */
  readonly ended: Promise<number | null>;
  /** Waits until the output matches. @throws with what was said when the command ends before, or after `withinMs` */
  says(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
}

const started: Command[] = [];

/**
 * Runs `npm run NAME -- ARGS` without npm: the same script, the same Node.
 * @param environment added to PATH and HOME; nothing else of ours reaches it
 */
export function runCommandOf(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd: string = ROOT,
): Command {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('node', [resolve(ROOT, 'cli/bootstrap.mjs'), name, ...args], {
    cwd,
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const command: Command = {
    child,
    out: () => out,
    err: () => err,
    ended,
    async says(pattern, withinMs = 30_000) {
      const untilMs = performance.now() + withinMs;
      for (;;) {
        const found = pattern.exec(out);
        if (found) return found;
        if (child.exitCode !== null || performance.now() > untilMs) {
          throw new Error(`npm run ${name} did not say ${pattern}; it said:\n${out}\n${err}`);
        }
        await sleep(POLL_MS);
      }
    },
  };
  started.push(command);
  return command;
}

/** Ends every command that a test left running, and waits for it. */
export async function endCommands(): Promise<void> {
  const running = started.filter(({ child }) => child.exitCode === null && child.signalCode === null);
  for (const { child } of running) child.kill('SIGTERM');
  await Promise.all(running.map(({ ended }) => ended));
}
