import type { SeededRandom } from '../fault/seeded-random.ts';
import type { Budget } from './budget.ts';
import type { Findings } from './findings.ts';
import type { FrameInput } from './frame-inputs.ts';
import { Line } from './line.ts';
import { FrameReader, frameBytes, OPCODE, upgradeRequest } from './web-socket-bytes.ts';

/** Frames sent between two questions whether the server is still there. */
const BATCH_FRAMES = 48;
/** Far above anything that a batch takes; who is silent so long hangs. */
const SILENT_MS = 15_000;
const END_OF_HEAD = '\r\n\r\n';

export interface SocketTarget {
  readonly port: number;
  readonly apiKey: string;
}

/** Opens a WebSocket by hand; what the server sends goes to `onFrame`. null: it did not answer with 101. */
export async function openWebSocket(
  port: number,
  onFrame: (opcode: number, payload: Buffer) => void,
): Promise<Line | null> {
  const line = await Line.open(port);
  if (line === null) return null;
  const reader = new FrameReader();
  let head = '';
  const upgraded = await line.until(SILENT_MS, (done) => {
    line.onChunk = (chunk) => {
      head += chunk.toString('latin1');
      const end = head.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const take = (more: Buffer) => {
        for (const { opcode, payload } of reader.take(more)) onFrame(opcode, payload);
      };
      line.onChunk = take;
      take(Buffer.from(head.slice(end + END_OF_HEAD.length), 'latin1'));
      if (head.startsWith('HTTP/1.1 101')) done();
      else line.destroy();
    };
    line.write(upgradeRequest());
  });
  return upgraded ? line : null;
}

/** Sends frames over one connection after another until the budget is spent. */
export async function driveFrames(
  target: SocketTarget,
  random: SeededRandom,
  next: () => FrameInput,
  budget: Budget,
  findings: Findings,
): Promise<void> {
  while (budget.taken < budget.total) {
    const state: Batches = { recent: [], awaited: '', done: () => {} };
    const line: Line | null = await openWebSocket(target.port, (opcode, payload) => {
      if (opcode === OPCODE.close) line?.destroy();
      else take(payload, state, findings);
    });
    if (line === null) {
      findings.unreachable += 1;
      if (findings.isOver) return;
      continue;
    }
    // one connection in five says no hello: its frames come in the wrong order
    if (random.chance(0.8)) line.write(textFrame(JSON.stringify({ id: 0, op: 'hello', api_key: target.apiKey })));
    while (line.isOpen) {
      const count = budget.take(BATCH_FRAMES);
      if (count === 0) break;
      await sendBatch(line, Array.from({ length: count }, next), state, findings);
      findings.count += count;
    }
    findings.sending(line, []);
    line.destroy();
  }
}

interface Batches {
  /** the batch that is on its way and the one before: a late answer may be to either */
  recent: readonly Buffer[][];
  awaited: string;
  done: () => void;
}

async function sendBatch(line: Line, inputs: readonly FrameInput[], state: Batches, findings: Findings): Promise<void> {
  const frames = inputs.map(({ payload, isText }) =>
    frameBytes({ opcode: isText ? OPCODE.text : OPCODE.binary, payload }),
  );
  const id = `barrier-${findings.count}-${Math.random()}`;
  state.recent = [...state.recent.slice(-1), inputs.map(({ payload }) => payload)];
  findings.sending(line, state.recent.flat());
  state.awaited = `{"id":"${id}"`;
  const answered = await line.until(SILENT_MS, (done) => {
    state.done = done;
    line.write(Buffer.concat([...frames, textFrame(JSON.stringify({ id, op: 'ping' }))]));
  });
  if (answered || !line.isOpen) return;
  findings.silent += 1;
  findings.blame('no answer to a ping', state.recent.flat());
  line.destroy();
}

function take(payload: Buffer, state: Batches, findings: Findings): void {
  const text = payload.toString();
  if (state.awaited !== '' && text.startsWith(state.awaited)) state.done();
  else findings.judge(text, 0, () => state.recent.flat());
}

function textFrame(text: string): Buffer {
  return frameBytes({ opcode: OPCODE.text, payload: Buffer.from(text) });
}
