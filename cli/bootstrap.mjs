// The door of every npm script. Plain JavaScript for the machine's own Node (>= 20): brings node_modules up to
// package-lock.json, then hands over to the Node 22 that came with it, which runs cli/NAME.ts as it stands.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled } from './install.mjs';

const MINIMUM_NODE_MAJOR = 20;
/** npm and the terminal both pass on one Ctrl-C: signals this close together are one. */
const SAME_SIGNAL_MS = 1_000;
const PARENT_POLL_MS = 500;
const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each command is for; a command exists when its cli/NAME.ts does. */
const COMMANDS = {
  start: 'the whole product on this machine: database, engine, gateway',
  test: 'everything: installs what it lacks, ends with "N passed, N failed"',
  check: 'types, Biome, knip and the tidy tests',
  admin: 'accounts, organisations, keys and rights, at the database itself',
  migrate: 'brings a database to this version',
  backup: 'a backup of the whole database while it runs; lists and verifies them',
  restore: 'a backup into a new data folder, as of any archived moment',
  'restore-drill': 'a backup into a temporary server, and everything in it checked',
  workers: 'further workers beside those of a running server',
  audit: 'verifies the audit chains; signs heads, archives, exports',
  'dead-letters': 'jobs that failed for good: list, run again, drop',
  search: 'builds the search anew, or proves that it has what the database has',
  demo: 'a lively meeting of 300 simulated people on the running server',
  replay: 'casts the ballots of a real election through sockets',
  bench: 'speed, in one run on one fresh database',
  fault: 'kills and cuts while ballots are cast, then audits',
  fuzz: 'malformed frames and requests',
  docs: 'writes the documents that are made from the code',
};

/** @returns {string} the list a person sees for --help or an unknown name */
function commandList() {
  const known = Object.entries(COMMANDS).filter(([name]) => existsSync(join(root, 'cli', `${name}.ts`)));
  const lines = known.map(([name, purpose]) => `  npm ${npmForm(name).padEnd(17)} ${purpose}`);
  return ['Commands (each answers to --help):', ...lines].join('\n');
}

/** @param {string} name @returns {string} `start` and `test` have short forms in npm */
function npmForm(name) {
  return name === 'start' || name === 'test' ? name : `run ${name}`;
}

/** @param {string} message @returns {never} */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/**
 * Runs cli/NAME.ts under the installed Node 22 in a process group of its own, so that a Ctrl-C reaches it once, through
 * us, and not a second time through the terminal. The open IPC channel tells it when we die (parent-link.mjs).
 * @param {string} node @param {string} name @param {string[]} args
 */
function handOver(node, name, args) {
  const link = pathToFileURL(join(root, 'cli', 'parent-link.mjs')).href;
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', `--import=${link}`, join(root, 'cli', `${name}.ts`), ...args],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      detached: process.platform !== 'win32',
      env: {
        ...process.env,
        PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
        PSEPHOS_BOOTSTRAP_PID: String(process.pid),
      },
    },
  );
  child.channel?.unref();
  let lastForwardedAt = Number.NEGATIVE_INFINITY;
  for (const signal of FORWARDED_SIGNALS) {
    process.on(signal, () => {
      if (performance.now() - lastForwardedAt < SAME_SIGNAL_MS) return;
      lastForwardedAt = performance.now();
      child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
    });
  }
  whenNpmIsKilled(() => child.kill('SIGTERM'));
  child.on('error', (error) => fail(`Could not run ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
}

/**
 * npm that is killed outright tells nobody; its children get another parent.
 * @param {() => void} act
 */
function whenNpmIsKilled(act) {
  if (process.env.npm_lifecycle_event === undefined) return; // started by hand: its shell may well leave before it
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    act();
  }, PARENT_POLL_MS);
  watch.unref();
}

async function main() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < MINIMUM_NODE_MAJOR) {
    fail(
      `Psephos needs Node ${MINIMUM_NODE_MAJOR} or newer to start; this is ${process.version}. It brings Node 22 itself.`,
    );
  }
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined || name === '--help' || name === '-h') {
    process.stdout.write(`${commandList()}\n`);
    return;
  }
  const files = readdirSync(join(root, 'cli'));
  if (!/^[a-z][a-z-]*$/.test(name) || !files.includes(`${name}.ts`) || !(name in COMMANDS)) {
    fail(`There is no command "${name}".\n${commandList()}`);
  }
  const installed = await ensureInstalled(root);
  if (!installed.ok) fail(installed.problem);
  handOver(installed.node, name, args);
}

await main();
