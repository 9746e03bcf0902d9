// Run as a process of its own, to be killed: opens an embedded PostgreSQL (argument: data folder, none = default) and
// holds it until SIGTERM. First line of output: {pid, port, dataDir}.
import { openEmbeddedPostgres } from '../../sql/embedded/index.ts';

const dataDir = process.argv[2];
const server = await openEmbeddedPostgres({ dataDir, onProgress: (line) => process.stderr.write(`${line}\n`) });
process.stdout.write(`${JSON.stringify({ pid: server.pid, port: server.port, dataDir: server.dataDir })}\n`);
process.once('SIGTERM', () => void server.stop());
