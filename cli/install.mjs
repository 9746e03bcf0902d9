// Brings node_modules up to package-lock.json. Plain JavaScript: runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const RUNTIME_MAJOR = 22; // runs .ts files as they stand, and uWebSockets.js has a binary for it that needs only glibc 2.27
const PROGRESS_EVERY_MS = 10_000;
const LOCK_POLL_MS = 300;
/** An install takes 15-120 s; a lock older than this belongs to a machine that went away. */
const LOCK_STALE_MS = 15 * 60_000;
const SHOWN_ERROR_LINES = 25;

/**
 * @param {string} root the checkout
 * @returns {Promise<{ok: true, node: string} | {ok: false, problem: string}>} the Node to run commands with
 */
export async function ensureInstalled(root) {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (isStamped(root, node)) return { ok: true, node };
  const release = await takeLock(root);
  try {
    if (isStamped(root, node)) return { ok: true, node }; // another start did it while we waited
    if (!matchesLockfile(root, node)) {
      const problem = await install(root);
      if (problem) return { ok: false, problem };
      if (!existsSync(node)) return { ok: false, problem: nodeMissing(node) };
    }
    const problem = patch(root, node);
    if (problem) return { ok: false, problem };
    writeFileSync(stampFile(root), lockfileHash(root));
    return { ok: true, node };
  } finally {
    release();
  }
}

/** @param {string} root */
function stampFile(root) {
  return join(root, 'node_modules', '.psephos-lockfile-sha256');
}

/** @param {string} root */
function lockfileHash(root) {
  const hash = createHash('sha256');
  const patches = readdirSync(join(root, 'patches')).map((file) => join('patches', file));
  for (const file of ['package-lock.json', 'package.json', ...patches]) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** @param {string} root @param {string} node */
function isStamped(root, node) {
  const stamp = stampFile(root);
  return existsSync(stamp) && existsSync(node) && readFileSync(stamp, 'utf8') === lockfileHash(root);
}

/**
 * Whether an install made without us (npm ci by hand) is already right: every locked package is there in its version,
 * and the native ones are those of Node 22, not of the Node that happened to run npm.
 * @param {string} root @param {string} node
 */
function matchesLockfile(root, node) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden) || !existsSync(node)) return false;
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  if (!version.startsWith(`v${RUNTIME_MAJOR}.`)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const socketBinary = `node_modules/@uwsjs/${process.platform}-${process.arch}-${RUNTIME_MAJOR}`;
  if (socketBinary in wanted && !existsSync(join(root, socketBinary))) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = present[path];
    if (!there) return entry.optional === true;
    return there.version === entry.version && existsSync(join(root, path, 'package.json'));
  });
}

/**
 * @param {string} root
 * @returns {Promise<string | undefined>} what went wrong and what to do, or nothing
 */
async function install(root) {
  say('Installing dependencies (only after a change; about a minute) …');
  const startedAt = performance.now();
  let run = await npm(root, 'npm ci');
  // A registry that lacks another platform's optional packages makes npm ci think the lockfile incomplete; npm install
  // takes the same locked versions and passes over what this platform does not need.
  if (run.code !== 0 && run.output.includes('EUSAGE')) run = await npm(root, 'npm install --no-save');
  if (run.code !== 0) return installFailed(run.output);
  say(`Dependencies installed in ${seconds(startedAt)} s.`);
  return undefined;
}

/**
 * Mends known faults of dependencies (patches/README.md says which and why). Harmless where it has been done.
 * @param {string} root @param {string} node
 * @returns {string | undefined} what went wrong
 */
function patch(root, node) {
  const run = spawnSync(node, [join(root, 'node_modules', 'patch-package', 'index.js'), '--error-on-fail'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (run.status === 0) return undefined;
  return `A patch of patches/ could not be applied; delete node_modules and try again.\n${run.stdout}${run.stderr}`;
}

/**
 * npm itself runs under Node 22, because it chooses native packages by the Node that runs it.
 * @param {string} root @param {string} command
 * @returns {Promise<{code: number, output: string}>}
 */
function npm(root, command) {
  const startedAt = performance.now();
  const ticker = setInterval(() => say(`  still installing, ${seconds(startedAt)} s`), PROGRESS_EVERY_MS);
  return new Promise((resolve) => {
    const child = spawn('npx', ['--yes', `--package=node@${RUNTIME_MAJOR}`, '-c', command], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32', // npx is a .cmd file there
      env: { ...process.env, npm_config_yes: 'true', npm_config_audit: 'false', npm_config_fund: 'false' },
    });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = (/** @type {number} */ code) => {
      clearInterval(ticker);
      resolve({ code, output });
    };
    child.on('error', (error) => {
      output += `\n${error.message}`;
      end(1);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/** @param {string} output */
function installFailed(output) {
  const lines = output.split('\n').filter((line) => /\S/.test(line) && !/^npm (warn|notice)/i.test(line));
  return [
    'Installing the dependencies failed. npm said:',
    ...lines.slice(0, SHOWN_ERROR_LINES).map((line) => `  ${line}`),
    'What to do next:',
    '  - no network or a proxy? npm must reach its registry: `npm ping` shows whether it does',
    '  - disk full or no rights? the checkout and the npm cache must be writable',
    `  - to see everything: npx --yes --package=node@${RUNTIME_MAJOR} -c 'npm ci'`,
    'Then run the same command again.',
  ].join('\n');
}

/** @param {string} node */
function nodeMissing(node) {
  return [
    `npm finished, but Node ${RUNTIME_MAJOR} is not at ${node}.`,
    'Install scripts are probably switched off: `npm config get ignore-scripts` must say false. Then delete node_modules and try again.',
  ].join('\n');
}

/**
 * One install at a time: a folder is created by exactly one of several starts. It stands beside node_modules, because
 * npm ci empties that.
 * @param {string} root
 * @returns {Promise<() => void>} releases the lock
 */
async function takeLock(root) {
  const lock = join(root, '.cache', 'install.lock');
  mkdirSync(join(root, '.cache'), { recursive: true });
  let told = false;
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return () => rmSync(lock, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isStale(lock)) {
      rmSync(lock, { recursive: true, force: true });
      continue;
    }
    if (!told) say('Another start is installing the dependencies; waiting for it …');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
}

/** @param {string} lock */
function isStale(lock) {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_STALE_MS) return true;
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}

/** @param {number} startedAt */
function seconds(startedAt) {
  return Math.round((performance.now() - startedAt) / 1_000);
}
