import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const CLI = resolve(import.meta.dirname, '../../cli');
const STOP_MS = 12_000;

/** `npm run workers` in a process of its own. */
export interface BenchWorkers {
  readonly pid: number;
  /** Jobs in work are finished. Safe to call twice. */
  stop(): Promise<void>;
}

/** `npm run migrate`: the tables of jobs too. */
export async function migrateForWorkers(ownerUrl: string): Promise<void> {
  const { PATH = '', HOME = '/' } = process.env;
  await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', join(CLI, 'migrate.ts')], {
    cwd: '/',
    env: { PATH, HOME, DATABASE_OWNER_URL: ownerUrl },
  });
}

/**
 * Starts one and waits until it is at work.
 * @param environment variables of .env.example; nothing else of ours reaches it
 * @throws with its own words when it does not start
 */
export async function startBenchWorkers(environment: Readonly<Record<string, string>>): Promise<BenchWorkers> {
  const { PATH = '', HOME = '/' } = process.env;
  const link = pathToFileURL(join(CLI, 'parent-link.mjs')).href; // so that it goes when we are killed
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', `--import=${link}`, join(CLI, 'workers.ts')],
    {
      cwd: '/', // a .env of the caller's folder is not meant for it
      env: { PATH, HOME, ...environment, PSEPHOS_BOOTSTRAP_PID: String(process.pid) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    },
  );
  child.channel?.unref();
  const exited = once(child, 'exit');
  let said = '';
  const started = new Promise<boolean>((done) => {
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      said = `${said}\n${line}`.slice(-2_000);
      if (line.includes('workers are at work')) done(true);
    });
    void exited.then(() => done(false));
  });
  if (!(await started)) throw new Error(`the workers did not start:${said}`);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    child.kill('SIGTERM');
    const harder = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exited;
    clearTimeout(harder);
  };
  return {
    pid: child.pid ?? 0,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
