import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
} from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Downloads and locks of the tests; git-ignored, outlives a run. */
const CACHE = resolve(import.meta.dirname, '../../.cache');
/** OpenSearch without any module but the transport, and the module with the analyzers: Maven artifacts. */
const OPENSEARCH = 'org.opensearch.distribution.integ-test-zip:opensearch:3.3.2:zip';
const OPENSEARCH_ANALYZERS = 'org.opensearch.plugin:analysis-common:3.3.2';
const OPENSEARCH_JAVA_MIN = 21;
const JAVA_FOLDER = '/usr/lib/jvm';
const TOXIPROXY_MODULE = 'github.com/Shopify/toxiproxy/v2/cmd/server@latest';
const S3_SERVER_MODULE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const SCHEMATHESIS_PACKAGES = resolve(import.meta.dirname, '../api/requirements.txt');

/** Path of pgbouncer: from PATH, else Debian's package (needs root). @throws naming what is missing */
export async function pgbouncerProgram(): Promise<string> {
  return onPath('pgbouncer') ?? (await aptInstall('pgbouncer', 'pgbouncer'));
}

/** Path of redis-server: from PATH, else Debian's package (needs root). @throws naming what is missing */
export async function redisProgram(): Promise<string> {
  return onPath('redis-server') ?? (await aptInstall('redis-server', 'redis-server'));
}

/**
 * Folder of OpenSearch as Maven brings it into .cache/: `opensearch-3.3.2/` and the jar of its analyzers. Maven comes from
 * PATH, else as Debian's package (needs root). @throws naming what is missing
 */
export async function openSearchFolder(): Promise<string> {
  const folder = join(CACHE, 'opensearch-3.3.2');
  const done = join(folder, 'complete');
  if (existsSync(done)) return folder;
  const maven = onPath('mvn') ?? (await aptInstall('maven', 'mvn'));
  const plugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';
  const steps = [
    `rm -rf '${folder}'`,
    `'${maven}' -q -B ${plugin}:unpack -Dmdep.overWriteReleases=true -Dartifact=${OPENSEARCH} -DoutputDirectory='${folder}' >&2`,
    `'${maven}' -q -B ${plugin}:copy -Dartifact=${OPENSEARCH_ANALYZERS} -DoutputDirectory='${folder}' >&2`,
    `touch '${done}'`,
  ];
  await oneAtATime('maven', `[ -e '${done}' ] || { ${steps.join(' && ')}; }`, {});
  return folder;
}

/**
 * Home of a Java that is new enough for OpenSearch: OPENSEARCH_JAVA_HOME, JAVA_HOME, that of PATH, one below /usr/lib/jvm, else
 * Debian's package (needs root). @throws naming what is missing
 */
export async function openSearchJava(): Promise<string> {
  const found = javaHomes().find((home) => javaVersion(home) >= OPENSEARCH_JAVA_MIN);
  if (found !== undefined) return found;
  const javaPackage = `openjdk-${OPENSEARCH_JAVA_MIN}-jre-headless`;
  await aptPackage(javaPackage, `Java ${OPENSEARCH_JAVA_MIN} or newer (or OPENSEARCH_JAVA_HOME)`, 'false');
  const installed = javaHomes().find((home) => javaVersion(home) >= OPENSEARCH_JAVA_MIN);
  if (installed === undefined) throw new Error(`Java is missing: ${javaPackage} was installed but brought none`);
  return installed;
}

function javaHomes(): string[] {
  const { OPENSEARCH_JAVA_HOME, JAVA_HOME } = process.env;
  const java = onPath('java');
  const installed = existsSync(JAVA_FOLDER) ? readdirSync(JAVA_FOLDER).map((name) => join(JAVA_FOLDER, name)) : [];
  const ofPath = java === null ? [] : [resolve(realpathSync(java), '../..')];
  return [OPENSEARCH_JAVA_HOME, JAVA_HOME, ...ofPath, ...installed].filter(
    (home): home is string => home !== undefined,
  );
}

function javaVersion(home: string): number {
  const { stderr, stdout } = spawnSync(join(home, 'bin/java'), ['-version'], { encoding: 'utf8' });
  return Number(/version "(\d+)/.exec(`${stderr}${stdout}`)?.[1] ?? 0);
}

/** Path of the toxiproxy server: from PATH, else built with Go into .cache/. @throws naming what is missing */
export async function toxiproxyProgram(): Promise<string> {
  return onPath('toxiproxy-server') ?? (await goInstall(TOXIPROXY_MODULE, 'toxiproxy-server'));
}

/** Path of a server with the interface of S3: from PATH, else built with Go into .cache/. @throws naming what is missing */
export async function s3Program(): Promise<string> {
  return onPath('versitygw') ?? (await goInstall(S3_SERVER_MODULE, 'versitygw'));
}

/**
 * Path of schemathesis, installed with pip into .cache/ in the versions of loadtest/api/requirements.txt; Python comes
 * from PATH, else as Debian's package (needs root). @throws naming what is missing
 */
export async function schemathesisProgram(): Promise<string> {
  const version = createHash('sha256').update(readFileSync(SCHEMATHESIS_PACKAGES)).digest('hex').slice(0, 12);
  const folder = join(CACHE, `schemathesis-${version}`);
  const program = join(folder, 'bin', 'schemathesis');
  const done = join(folder, 'complete'); // an installation that was broken off has the program, too
  if (existsSync(done)) return program;
  const python = onPath('python3') ?? (await aptInstall('python3-venv', 'python3'));
  const hasVenv = `'${python}' -c 'import ensurepip'`; // a package of its own on Debian
  if (spawnSync('sh', ['-c', hasVenv]).status !== 0) await aptPackage('python3-venv', 'Python with venv', hasVenv);
  const venv = `'${python}' -m venv --clear '${folder}'`;
  const pip = `'${folder}/bin/python' -m pip install -q --disable-pip-version-check -r '${SCHEMATHESIS_PACKAGES}'`;
  await oneAtATime('pip', `[ -e '${done}' ] || { ${venv} && ${pip} && touch '${done}'; }`, {});
  return program;
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

/** @param unless a shell line that succeeds where the package is there already, e.g. by another test file meanwhile */
async function aptPackage(packageName: string, what: string, unless: string): Promise<void> {
  if (!onPath('apt-get') || process.getuid?.() !== 0) {
    throw new Error(`${what} is missing: install it (Debian: apt-get install ${packageName}) or run the tests as root`);
  }
  const steps = `apt-get -qq update && apt-get -qq install -y --no-install-recommends ${packageName}`;
  await oneAtATime('apt', `${unless} || { ${steps}; }`, { DEBIAN_FRONTEND: 'noninteractive' });
}

async function aptInstall(packageName: string, program: string): Promise<string> {
  await aptPackage(packageName, program, `command -v ${program}`);
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
  // Go names the program after its folder, e.g. cmd/server
  const built = module.replace(/@.*/, '').split('/').at(-1) ?? name;
  if (!isRunnable(target)) renameSync(join(staging, built), target);
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
