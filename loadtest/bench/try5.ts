import { Audit } from './audit.ts';
import { measureGrowth } from './growth.ts';
import { FULL, QUICK } from './sizes.ts';
import { openStage } from './stage.ts';

const t0 = performance.now();
const say = (line: string) => console.log(((performance.now() - t0) / 1000).toFixed(1), line);
const stage = await openStage(say);
try {
  const audit = new Audit(stage);
  say('open');
  console.log(await measureGrowth(stage, audit, process.argv[2] === 'full' ? FULL : QUICK));
  console.log(audit.lost, audit.doubled, audit.checked);
} finally {
  await stage.close();
}
say('end');
