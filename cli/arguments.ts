import { parseArgs } from 'node:util';
import { StartProblem } from '../sql/embedded/index.ts';

/** One flag. A string or number flag has a placeholder (`--seats N`), a boolean one stands alone. */
export type Flag =
  | { readonly type: 'boolean'; readonly purpose: string }
  | { readonly type: 'string'; readonly placeholder: string; readonly purpose: string }
  | {
      readonly type: 'number';
      readonly placeholder: string;
      readonly purpose: string;
      readonly min: number;
      readonly max: number;
    };

/** What `--help` shows and what parsing checks, for one npm command. */
export interface CommandSpec<Flags extends Readonly<Record<string, Flag>>> {
  /** as typed: `npm start`, `npm run replay` */
  readonly command: string;
  readonly purpose: string;
  /** names of what stands without a flag: `FILE` is required, `[PATTERN…]` is not and may repeat */
  readonly positionals?: readonly string[];
  readonly flags: Flags;
  /** lines below the flags: environment, examples */
  readonly notes?: readonly string[];
}

type FlagValue<F extends Flag> = F['type'] extends 'boolean' ? boolean : F['type'] extends 'number' ? number : string;

/** Boolean flags are always there; the others only when given. */
export interface Arguments<Flags extends Readonly<Record<string, Flag>>> {
  readonly flags: {
    readonly [Name in keyof Flags]: Flags[Name]['type'] extends 'boolean'
      ? boolean
      : FlagValue<Flags[Name]> | undefined;
  };
  readonly positionals: readonly string[];
}

/**
 * Reads the command line. `--help` prints and ends the process with 0.
 * @throws StartProblem for an unknown flag, a missing or wrong value, a missing or superfluous word
 */
export function readArguments<const Flags extends Readonly<Record<string, Flag>>>(
  spec: CommandSpec<Flags>,
  argv: readonly string[] = process.argv.slice(2),
): Arguments<Flags> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(`${helpText(spec)}\n`);
    process.exit(0);
  }
  return parseArguments(spec, argv);
}

/** The same without `--help`. */
export function parseArguments<const Flags extends Readonly<Record<string, Flag>>>(
  spec: CommandSpec<Flags>,
  argv: readonly string[],
): Arguments<Flags> {
  const { values, positionals } = tokenise(spec, argv);
  checkPositionals(spec, positionals);
  const flags: Record<string, string | number | boolean | undefined> = {};
  for (const [name, flag] of Object.entries(spec.flags)) {
    const value = values[name];
    if (flag.type === 'boolean') flags[name] = value === true;
    else if (flag.type === 'string') flags[name] = value as string | undefined;
    else flags[name] = value === undefined ? undefined : toNumber(spec, name, flag, String(value));
  }
  return { flags: flags as Arguments<Flags>['flags'], positionals };
}

/** The text behind `--help`. */
export function helpText(spec: CommandSpec<Readonly<Record<string, Flag>>>): string {
  const entries = [...Object.entries(spec.flags).map(([name, flag]) => [usageOf(name, flag), flag.purpose] as const)];
  entries.push(['--help', 'this text']);
  const width = Math.max(...entries.map(([usage]) => usage.length)) + 2;
  return [
    [spec.command, '--', ...(spec.positionals ?? []), '[FLAGS]'].join(' '),
    '',
    spec.purpose,
    '',
    ...entries.map(([usage, purpose]) => `  ${usage.padEnd(width)}${purpose}`),
    ...(spec.notes?.length ? ['', ...spec.notes] : []),
  ].join('\n');
}

function usageOf(name: string, flag: Flag): string {
  return flag.type === 'boolean' ? `--${name}` : `--${name} ${flag.placeholder}`;
}

function tokenise(spec: CommandSpec<Readonly<Record<string, Flag>>>, argv: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(spec.flags).map(([name, { type }]) => [
      name,
      { type: type === 'boolean' ? 'boolean' : 'string' } as const,
    ]),
  );
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's message goes on about "--": its first sentence is what a person needs
    const [sentence] = (error as Error).message.split(/\. |\n/);
    throw wrong(spec, sentence ?? 'wrong arguments');
  }
}

function checkPositionals(spec: CommandSpec<Readonly<Record<string, Flag>>>, given: readonly string[]): void {
  const wanted = spec.positionals ?? [];
  const required = wanted.filter((word) => !word.startsWith('['));
  const missing = required[given.length];
  if (missing !== undefined) throw wrong(spec, `${missing} is missing`);
  const superfluous = given[wanted.length];
  if (superfluous !== undefined && !wanted.some((word) => word.includes('…'))) {
    throw wrong(spec, `'${superfluous}' is one word too many`);
  }
}

function toNumber(
  spec: CommandSpec<Readonly<Record<string, Flag>>>,
  name: string,
  flag: Extract<Flag, { type: 'number' }>,
  text: string,
): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < flag.min || value > flag.max) {
    throw wrong(spec, `--${name} ${text}: not a whole number from ${flag.min} to ${flag.max}`);
  }
  return value;
}

function wrong(spec: { readonly command: string }, problem: string): StartProblem {
  return new StartProblem(`${problem}. What there is: ${spec.command} -- --help`);
}
