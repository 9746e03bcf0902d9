import type { SeededRandom } from '../fault/seeded-random.ts';
import type { BrokenInput } from './broken-inputs.ts';
import type { Budget } from './budget.ts';
import type { Findings } from './findings.ts';
import { Line } from './line.ts';

/** How long an answer may take to what is not followed by the end of the stream. */
const QUIET_MS = 25;
const SILENT_MS = 15_000;
const HEARD_MAX_CHARACTERS = 64 * 1024;
const STATUS = /HTTP\/1\.1 (\d{3})/g;

/** Sends each input over a connection of its own, and then the end of the stream or nothing more. */
export async function driveBroken(
  ports: Readonly<Record<BrokenInput['port'], number>>,
  random: SeededRandom,
  next: () => BrokenInput,
  budget: Budget,
  findings: Findings,
): Promise<void> {
  while (budget.take(1) === 1) {
    const { port, bytes } = next();
    const line = await Line.open(ports[port]);
    if (line === null) {
      findings.unreachable += 1;
      findings.blame('no connection', [bytes]);
      if (findings.isOver) return;
      continue;
    }
    findings.sending(line, [bytes]);
    let heard = '';
    line.onChunk = (chunk) => {
      if (heard.length < HEARD_MAX_CHARACTERS) heard += chunk.toString('latin1');
    };
    const ends = random.chance(0.9);
    const cutAt = random.chance(0.1) ? random.int(0, bytes.length) : bytes.length;
    line.write(bytes.subarray(0, cutAt));
    if (cutAt < bytes.length) await new Promise((resolve) => setImmediate(resolve));
    line.write(bytes.subarray(cutAt));
    if (ends) line.end();
    await line.until(ends ? SILENT_MS : QUIET_MS, () => {});
    if (ends && line.isOpen) {
      findings.silent += 1;
      findings.blame('the connection stayed open after the end of the stream', [bytes]);
    }
    findings.sending(line, []);
    line.destroy();
    findings.count += 1;
    const worst = Math.max(0, ...[...heard.matchAll(STATUS)].map(([, status]) => Number(status)));
    findings.judge(heard, worst, () => [bytes]);
  }
}
