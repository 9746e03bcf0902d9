import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

export interface CommandEnd {
  readonly code: number | null;
  /** everything it said, errors included */
  readonly output: string;
  /** its last line, parsed */
  // biome-ignore lint/suspicious/noExplicitAny: each command has figures of its own
  readonly figures: any;
}

/** Runs `npm run NAME -- ARGS` as a person would, short of npm itself, and reads the JSON of its last line. */
export async function runNpmCommand(name: string, args: readonly string[]): Promise<CommandEnd> {
  const child = spawn(process.execPath, [join(ROOT, 'cli', 'bootstrap.mjs'), name, ...args], { cwd: ROOT });
  let output = '';
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const last = printed.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`npm run ${name} printed no figures:\n${output}`);
  return { code, output, figures: JSON.parse(last) };
}
