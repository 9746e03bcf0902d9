import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findServiceUser, makeSharedTempFolder } from '../../sql/embedded/index.ts';
import { steadyPort } from './server-process.ts';
import { openSearchFolder, openSearchJava } from './tools.ts';

/** Up in 8 to 15 s; on a machine that is busy with other tests it has been seen to take two minutes. */
const READY_TIMEOUT_MS = 240_000;
const READY_POLL_MS = 100;
const STOP_TIMEOUT_MS = 10_000;
/** One collector thread: on two cores the others of the usual collector only take turns with what is measured. */
const JVM = '-Xms512m -Xmx512m -XX:+UseSerialGC';
/** The quick compiler alone: up with less than half of the work, and slower afterwards. */
const JVM_QUICK_START = '-XX:TieredStopAtLevel=1';
/** Its other protocol, which nobody speaks here: a second of the start. */
const UNUSED_MODULE = 'modules/transport-grpc';
const PATH_NAME = 'opensearch-3.3.2';

/** A real OpenSearch of one node, with the analyzers of its languages and a Polish dictionary. */
export interface OpenSearchServer {
  readonly url: string;
  /** SIGKILL; stays down until restart(), which finds its data again */
  kill9(): Promise<void>;
  restart(): Promise<void>;
  /** also removes its folder */
  stop(): Promise<void>;
}

/**
 * Starts one on a free port of this machine, in a temporary folder.
 * @param measured it takes longer to start, and is as quick as it gets
 * @throws with its last words when it does not come up
 */
export async function startOpenSearch(measured = false): Promise<OpenSearchServer> {
  const installed = await openSearchFolder();
  const java = await openSearchJava();
  const folder = await makeSharedTempFolder('psephos-opensearch-');
  const home = join(folder, PATH_NAME);
  cpSync(join(installed, PATH_NAME), home, { recursive: true });
  rmSync(join(home, UNUSED_MODULE), { recursive: true, force: true });
  const options = join(home, 'config/jvm.options');
  writeFileSync(options, readFileSync(options, 'utf8').replaceAll(/^.*G1.*$/gm, '')); // or Java refuses a second collector
  addAnalyzers(installed, home);
  addPolish(home);
  const user = findServiceUser();
  if (user) spawnSync('chown', ['-R', `${user.uid}:${user.gid}`, folder]);
  const port = await steadyPort();
  const transport = await steadyPort();
  const url = `http://127.0.0.1:${port}`;
  const start = () => startNode({ home, java, port, transport, options: measured ? JVM : `${JVM} ${JVM_QUICK_START}` });
  let node = await start().catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    url,
    kill9: async () => {
      await end(node, 'SIGKILL');
    },
    restart: async () => {
      await end(node, 'SIGTERM');
      node = await start();
    },
    stop: async () => {
      await end(node, 'SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The artifact has no module; this one comes as a jar and wants a descriptor like those of the modules that are there. */
function addAnalyzers(installed: string, home: string): void {
  const module = join(home, 'modules/analysis-common');
  mkdirSync(module, { recursive: true });
  for (const name of readdirSync(installed).filter((file) => file.endsWith('.jar'))) {
    cpSync(join(installed, name), join(module, name));
  }
  const descriptor = {
    name: 'analysis-common',
    description: 'Analyzers',
    version: '3.3.2',
    'opensearch.version': '3.3.2',
    'java.version': '21',
    classname: 'org.opensearch.analysis.common.CommonAnalysisModulePlugin',
    'extended.plugins': 'lang-painless;optional=true',
    'has.native.controller': 'false',
  };
  const lines = Object.entries(descriptor).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(module, 'plugin-descriptor.properties'), lines.join(''));
}

/** The dictionary of the npm package, put where a server looks for it (docs/guides/search.md says the same to operators). */
function addPolish(home: string): void {
  const dictionary = join(home, 'config/hunspell/pl_PL');
  mkdirSync(dictionary, { recursive: true });
  const npm = dirname(createRequire(import.meta.url).resolve('dictionary-pl'));
  for (const end of ['aff', 'dic']) cpSync(join(npm, `index.${end}`), join(dictionary, `pl_PL.${end}`));
}

async function startNode({
  home,
  java,
  port,
  transport,
  options,
}: {
  home: string;
  java: string;
  port: number;
  transport: number;
  options: string;
}): Promise<ChildProcess> {
  const user = findServiceUser();
  const settings = {
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': port,
    'transport.port': transport,
    'cluster.routing.allocation.disk.threshold_enabled': false, // a full disk of the machine must not stop a test
    'bootstrap.memory_lock': false,
  };
  const args = Object.entries(settings).map(([name, value]) => `-E${name}=${value}`);
  const node = spawn(join(home, 'bin/opensearch'), args, {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: home, OPENSEARCH_JAVA_HOME: java, OPENSEARCH_JAVA_OPTS: options },
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  });
  let said = '';
  for (const stream of [node.stdout, node.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
  }
  const until = performance.now() + READY_TIMEOUT_MS;
  while (!(await isReady(port))) {
    if (node.exitCode !== null || performance.now() > until) {
      await end(node, 'SIGKILL');
      throw new Error(`OpenSearch did not come up on port ${port}: ${said}`);
    }
    await sleep(READY_POLL_MS);
  }
  return node;
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/_cluster/health?wait_for_status=yellow&timeout=5s`);
    return answer.ok;
  } catch {
    return false;
  }
}

async function end(node: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (node.pid === undefined || node.exitCode !== null || node.signalCode !== null) return;
  const exited = once(node, 'exit');
  node.kill(signal);
  const harder = setTimeout(() => node.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(harder);
}
