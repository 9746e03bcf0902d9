import type { Budget } from './budget.ts';
import type { Findings } from './findings.ts';
import { Line } from './line.ts';
import type { RequestInput } from './request-inputs.ts';
import { ResponseReader } from './response-reader.ts';

/** Requests on their way on one connection; all connections together stay below what the gateway admits (50). */
const PIPELINED = 4;
const SILENT_MS = 15_000;

/** Sends requests over one kept-alive connection after another until the budget is spent. */
export async function driveRequests(
  port: number,
  next: () => RequestInput,
  budget: Budget,
  findings: Findings,
): Promise<void> {
  while (budget.taken < budget.total) {
    const line = await Line.open(port);
    if (line === null) {
      findings.unreachable += 1;
      if (findings.isOver) return;
      continue;
    }
    while (line.isOpen) {
      const count = budget.take(PIPELINED);
      if (count === 0) break;
      await sendTogether(line, Array.from({ length: count }, next), findings);
      findings.count += count;
    }
    findings.sending(line, []);
    line.destroy();
  }
}

async function sendTogether(line: Line, inputs: readonly RequestInput[], findings: Findings): Promise<void> {
  findings.sending(
    line,
    inputs.map(({ bytes }) => bytes),
  );
  const reader = new ResponseReader(inputs.map(({ method }) => method));
  let heard = 0;
  const answered = await line.until(SILENT_MS, (done) => {
    line.onChunk = (chunk) => {
      for (const { status, body } of reader.take(chunk)) {
        const input = inputs[heard];
        heard += 1;
        findings.judge(body, status, () => (input === undefined ? [] : [input.bytes]));
      }
      if (reader.isConfused) line.destroy();
      else if (heard === inputs.length) done();
    };
    line.write(Buffer.concat(inputs.map(({ bytes }) => bytes)));
  });
  if (answered || !line.isOpen) return;
  findings.silent += 1;
  findings.blame(
    'no answer to a request',
    inputs.slice(heard).map(({ bytes }) => bytes),
  );
  line.destroy();
}
