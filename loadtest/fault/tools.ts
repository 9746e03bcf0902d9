import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, renameSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Downloads and locks of the tests; git-ignored, outlives a run. */
const CACHE = resolve(import.meta.dirname, '../../.cache');
const TOXIPROXY_MODULE = 'github.com/Shopify/toxiproxy/v2/cmd/server@latest';

/** Path of pgbouncer: from PATH, else Debian's package (needs root). @throws naming what is missing */
export async function pgbouncerProgram(): Promise<string> {
  return onPath('pgbouncer') ?? (await aptInstall('pgbouncer', 'pgbouncer'));
}

/** Path of the toxiproxy server: from PATH, else built with Go into .cache/. @throws naming what is missing */
export async function toxiproxyProgram(): Promise<string> {
  return onPath('toxiproxy-server') ?? (await goInstall(TOXIPROXY_MODULE, 'toxiproxy-server'));
}

/** The path of a program, or null. /usr/sbin is often not on the PATH of an ordinary user, but holds servers. */
function onPath(program: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/go/bin'];
  return folders.map((folder) => join(folder, program)).find(isRunnable) ?? null;
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return existsSync(file);
  } catch {
    return false;
  }
}

async function aptInstall(packageName: string, program: string): Promise<string> {
  if (!onPath('apt-get') || process.getuid?.() !== 0) {
    throw new Error(
      `${program} is missing: install it (Debian: apt-get install ${packageName}) or run the tests as root`,
    );
  }
  const steps = `apt-get -qq update && apt-get -qq install -y --no-install-recommends ${packageName}`;
  await oneAtATime('apt', `command -v ${program} || { ${steps}; }`, { DEBIAN_FRONTEND: 'noninteractive' });
  const installed = onPath(program);
  if (!installed)
    throw new Error(`${program} is missing: the package ${packageName} was installed but brought no such program`);
  return installed;
}

async function goInstall(module: string, name: string): Promise<string> {
  const target = join(CACHE, 'bin', name);
  if (isRunnable(target)) return target;
  const go = onPath('go');
  if (!go)
    throw new Error(
      `${name} is missing, and there is no Go to build it: install ${name} or Go (apt-get install golang)`,
    );
  const staging = join(CACHE, 'bin', `.${name}-${process.pid}`);
  mkdirSync(staging, { recursive: true });
  await oneAtATime('go', `[ -x '${target}' ] || '${go}' install ${module}`, { GOBIN: staging });
  // Go names the program after its folder, cmd/server
  if (!isRunnable(target)) renameSync(join(staging, 'server'), target);
  return target;
}

/** Runs a shell line under a file lock, so that parallel test files install a thing once. @throws with its last words */
function oneAtATime(lock: string, line: string, environment: Readonly<Record<string, string>>): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const args = [join(CACHE, `${lock}.lock`), 'sh', '-c', line];
  return new Promise((resolved, reject) => {
    const child = spawn('flock', args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolved();
      else reject(new Error(`installing failed (${line}):\n${said.trim().split('\n').slice(-8).join('\n')}`));
    });
  });
}
