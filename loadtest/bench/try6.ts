import { Audit } from './audit.ts';
import { measureFanout } from './fanout.ts';
import { measureIdle } from './idle.ts';
import { FULL, QUICK } from './sizes.ts';
import { openStage } from './stage.ts';

const t0 = performance.now();
const say = (line: string) => console.log(((performance.now() - t0) / 1000).toFixed(1), line);
const stage = await openStage(say);
try {
  const audit = new Audit(stage);
  say('open');
  if (process.argv[2] !== 'fanout') console.log(await measureIdle(stage, FULL));
  if (process.argv[2] !== 'idle') console.log(await measureFanout(stage, audit, FULL));
  console.log(audit.lost, audit.doubled, audit.checked);
} finally {
  await stage.close();
}
say('end');
