import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const HOLDER = 'test/harness/hold-postgres.ts';
const children: ChildProcess[] = [];

/** An embedded PostgreSQL whose owner is another process, to be killed. */
export interface HeldPostgres {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
  readonly dataDir: string;
  /** its progress lines so far */
  said(): string;
}

/**
 * Opens a server in a process of its own.
 * @param args the data folder, or nothing for the default one
 * @param checkout the Psephos that opens it
 * @throws with its words when it does not start
 */
export async function hold(args: readonly string[], checkout = process.cwd()): Promise<HeldPostgres> {
  const child = spawn(process.execPath, [join(checkout, HOLDER), ...args], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, said: () => said, ...(JSON.parse(line) as Pick<HeldPostgres, 'pid' | 'port' | 'dataDir'>) };
  }
  throw new Error(`the server did not start: ${said}`);
}

/** Ends every process that hold() started and that still runs. */
export function killHeld(): void {
  for (const child of children) child.kill('SIGKILL');
}
