import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

interface Check {
  readonly name: string;
  /** a script below node_modules, run with the Node that runs us */
  readonly script: string;
  readonly args: readonly string[];
  /** what to do about a failure, where a command mends it */
  readonly remedy?: string;
}

/** How one check ended. */
export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
  readonly remedy: string | undefined;
}

export const STATIC_CHECKS: readonly Check[] = [
  { name: 'types', script: 'typescript/bin/tsc', args: ['--project', 'tsconfig.json', '--pretty', 'false'] },
  { name: 'pages', script: 'typescript/bin/tsc', args: ['--project', 'web', '--pretty', 'false'] },
  { name: 'browser', script: 'typescript/bin/tsc', args: ['--project', 'test/browser', '--pretty', 'false'] },
  {
    name: 'biome',
    script: '@biomejs/biome/bin/biome',
    args: ['ci', '--colors=off', '--max-diagnostics=50'],
    remedy: 'npx biome check --write',
  },
  { name: 'knip', script: 'knip/bin/knip.js', args: ['--no-progress'], remedy: 'delete what nothing uses' },
];

export const TIDY_CHECK: Check = {
  name: 'tidy',
  script: 'vitest/vitest.mjs',
  args: ['run', 'test/tidy', '--reporter=minimal'],
};

/** Runs checks side by side; on two cores more than two at a time gain nothing, but none of them is long. */
export function runChecks(checks: readonly Check[]): Promise<CheckResult[]> {
  return Promise.all(checks.map(runCheck));
}

/** One line for a person, followed by the check's own words when it failed. */
export function describeCheck({ name, passed, seconds, output, remedy }: CheckResult): string {
  const line = `${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(7)} ${seconds.toFixed(1)} s`;
  if (passed) return line;
  return [
    line,
    ...output
      .trim()
      .split('\n')
      .map((text) => `  ${text}`),
    ...(remedy ? [`  mend: ${remedy}`] : []),
  ].join('\n');
}

function runCheck({ name, script, args, remedy }: Check): Promise<CheckResult> {
  const startedAt = performance.now();
  return new Promise((resolved, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules', script), ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.once('error', reject);
    child.once('close', (code) => {
      resolved({ name, passed: code === 0, seconds: (performance.now() - startedAt) / 1_000, output, remedy });
    });
  });
}
