import type { MethodId } from '../../../protocol/methods/index.ts';
import type { Option } from '../../../protocol/methods/option.ts';
import { borda } from './borda.ts';
import { choose } from './choose.ts';
import { irv } from './irv.ts';
import { judgment } from './judgment.ts';
import type { Contest, Method } from './method.ts';
import { motion } from './motion.ts';
import { points } from './points.ts';
import { quadratic } from './quadratic.ts';
import { schulze } from './schulze.ts';
import { score } from './score.ts';
import { stv } from './stv.ts';

const registry: Readonly<Record<MethodId, Method>> = {
  motion,
  choose,
  score,
  judgment,
  points,
  quadratic,
  irv,
  stv,
  borda,
  schulze,
};

export const allMethods: readonly Method[] = Object.values(registry);

export function methodOf(id: MethodId): Method {
  return registry[id];
}

/** What a method needs to know of an election. Option ids are unique (checked where elections are created). */
export function contestOf<Settings>(
  electionId: string,
  options: readonly Option[],
  settings: Settings,
): Contest<Settings> {
  return { electionId, options, position: new Map(options.map(({ id }, position) => [id, position])), settings };
}
