import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { Audit } from './audit.ts';
import { measureFairness } from './fairness.ts';
import { QUICK } from './sizes.ts';
import { openStage } from './stage.ts';

const say = (line: string) => console.log(line);
const stage = await openStage(say);
let gc = 0,
  gcMax = 0;
new PerformanceObserver((list) => {
  for (const e of list.getEntries()) {
    gc += e.duration;
    gcMax = Math.max(gcMax, e.duration);
  }
}).observe({ entryTypes: ['gc'] });
try {
  const audit = new Audit(stage);
  for (const cap of [Number(process.argv[2] ?? 86000)]) {
    const h = monitorEventLoopDelay({ resolution: 5 });
    h.enable();
    gc = gcMax = 0;
    console.log(await measureFairness(stage, audit, QUICK, cap));
    console.log('loop p50', h.percentile(50) / 1e6, 'p99', h.percentile(99) / 1e6, 'max', h.max / 1e6, 'gc', gc, gcMax);
  }
} finally {
  await stage.close();
}
