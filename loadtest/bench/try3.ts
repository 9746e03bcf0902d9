// @ts-nocheck
import { Audit } from './audit.ts';
import { measureFairness } from './fairness.ts';
import { QUICK } from './sizes.ts';
import { openStage } from './stage.ts';
import { Lanes } from '../../engine/lanes/index.ts';
import { HotConnection } from '../../engine/db/index.ts';
const stage = await openStage((line) => console.log(line));
const orig = HotConnection.prototype.run;
const log = [];
let running = 0;
HotConnection.prototype.run = async function (st, to) { let params; const t = performance.now(); const rec = { t, n: 0, d: 0 }; log.push(rec); try { const r = await orig.call(this, st, to); rec.n = r.length; return r; } finally { rec.d = performance.now() - t; } };
const submit = Lanes.prototype.submit;
try {
  const audit = new Audit(stage);
  log.length = 0;
  await measureFairness(stage, audit, QUICK, 120000);
  const q = (a, p) => a.sort((x, y) => x - y)[Math.floor(a.length * p)]?.toFixed(1);
  for (const [name, f] of [['A', (r) => r.n > 20], ['B', (r) => r.n <= 20]]) {
    const l = log.filter(f); const d = l.map((r) => r.d);
    console.log(name, 'batches', l.length, 'p50', q(d, 0.5), 'p90', q(d, 0.9), 'p99', q(d, 0.99), 'max', q(d, 0.9999), 'mean size', l.reduce((s, r) => s + r.n, 0) / l.length);
  }
  const bs = log.filter((r) => r.n <= 20).map((r) => r.t); const gaps = bs.slice(1).map((t, i) => t - bs[i]);
  console.log('gaps between B batches p50', q(gaps, 0.5), 'p90', q(gaps, 0.9), 'max', q(gaps, 0.9999));
} finally {
  await stage.close();
}
