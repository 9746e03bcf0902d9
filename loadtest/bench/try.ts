import { Audit } from './audit.ts';
import { measureClose } from './close.ts';
import { measureFairness } from './fairness.ts';
import { measureFreshRoll } from './fresh-roll.ts';
import { makeNaiveTables } from './naive-queries.ts';
import { measureRounds } from './rounds.ts';
import { QUICK } from './sizes.ts';
import { openStage } from './stage.ts';

const t0 = performance.now();
const say = (line: string) => console.log(((performance.now() - t0) / 1000).toFixed(1), line);
const stage = await openStage(say);
try {
  const audit = new Audit(stage);
  await makeNaiveTables(stage.sql);
  say('open');
  console.log(await measureFreshRoll(stage, audit, QUICK));
  const rates = await measureRounds(stage, audit, QUICK);
  console.log(rates);
  console.log(await measureClose(stage, audit, QUICK));
  console.log(await measureFairness(stage, audit, QUICK, rates.engine_per_s));
  console.log(audit.lost, audit.doubled, audit.checked);
} finally {
  await stage.close();
}
say('end');
