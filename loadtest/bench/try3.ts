import postgres from 'postgres';
import { HotConnection } from '../../engine/db/index.ts';
import { Audit } from './audit.ts';
import { measureFairness } from './fairness.ts';
import { QUICK } from './sizes.ts';
import { openStage } from './stage.ts';

const say = (line: string) => console.log(line);
const stage = await openStage(say);
const orig = HotConnection.prototype.run;
const times: number[] = [];
HotConnection.prototype.run = async function (this: any, ...args: any) {
  const t = performance.now();
  try {
    return await (orig as any).apply(this, args);
  } finally {
    times.push(performance.now() - t);
  }
} as any;
try {
  const audit = new Audit(stage);
  const sql = postgres(stage.ownerUrl, { max: 1, fetch_types: false });
  const waits = new Map<string, number>();
  let on = true;
  const watcher = (async () => {
    while (on) {
      for (const r of await sql`SELECT state, wait_event_type, wait_event FROM pg_stat_activity WHERE application_name = 'psephos hot'`) {
        const k = `${r.state} ${r.wait_event_type} ${r.wait_event}`;
        waits.set(k, (waits.get(k) ?? 0) + 1);
      }
      await new Promise((r) => setTimeout(r, 20));
    }
  })();
  await measureFairness(stage, audit, QUICK, 86000);
  on = false;
  await watcher;
  console.log([...waits].sort((a, b) => b[1] - a[1]));
  times.splice(0, 0);
  const s = [...times].sort((a, b) => a - b);
  console.log('batches', s.length, 'p50', s[s.length >> 1], 'p90', s[Math.floor(s.length * 0.9)], 'max', s.at(-1));
  await sql.end();
} finally {
  await stage.close();
}
