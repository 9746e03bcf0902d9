// Loaded before every command (--import). If the bootstrap that started it is killed outright, the command would live on
// and keep its ports and data folder: it gets the SIGTERM that nobody else can send any more, and drains.
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel && Number(process.env.PSEPHOS_BOOTSTRAP_PID) === process.ppid) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
