import { expect, test } from 'vitest';
import { limits } from '../../engine/limits.ts';
import { FILES } from './sources.ts';

/** Units stand last in a cap's name: what is counted, or the measure. */
const UNITS = [
  'Ms|Seconds|Bytes|KiB|Characters|Micro|Percent|PerSecond',
  'Ballots|Batches|Connections|Credentials|Entries|Failures|Frames|Levels|Members|Messages|Options|Requests|Retries|Rows|Sockets',
  'Subscriptions|Attempts|Events|Files|Items|Keys|Points|Rounds|Seats|Topics|Votes|Workers|Digits|Pictures|Pixels|Templates',
].join('|');

const textOf = (path: string) => FILES.find((file) => file.path === path)?.text ?? '';
const scripts = Object.entries((JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }).scripts);

test('every cap in engine/limits.ts ends with its unit', () => {
  const wrong = Object.keys(limits).filter((name) => !new RegExp(`(${UNITS})$`).test(name));
  expect(wrong.map((name) => `${name}: put the unit last (… ${UNITS.split('|').slice(0, 6).join(', ')} …)`)).toEqual(
    [],
  );
});

test('every npm command named in the documents exists', () => {
  const names = new Set(scripts.map(([name]) => name));
  const documents = FILES.filter(({ path }) => path.endsWith('.md') || path.startsWith('.ci/'));
  const wrong = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/\bnpm (?:run (?:--\S+ )*([a-z][\w:-]*)|(start|test)\b)/g)]
      .map(([, run, short]) => run ?? short ?? '')
      .filter((name) => !names.has(name))
      .map((name) => `${path} names "npm run ${name}", which package.json does not have`),
  );
  expect(wrong).toEqual([]);
});

test('every npm script has its file in cli/ and its line in the list of commands', () => {
  const bootstrap = textOf('cli/bootstrap.mjs');
  const wrong = scripts.flatMap(([script, command]) => {
    const name = /^exec node cli\/bootstrap\.mjs ([a-z-]+)$/.exec(command)?.[1];
    if (!name)
      return [
        `package.json: script "${script}" must be "exec node cli/bootstrap.mjs NAME" (exec: npm passes signals to the shell only)`,
      ];
    return [
      ...(FILES.some(({ path }) => path === `cli/${name}.ts`)
        ? []
        : [`cli/${name}.ts is missing (npm script "${script}")`]),
      ...(bootstrap.includes(`  ${name}: '`) || bootstrap.includes(`  '${name}': '`)
        ? []
        : [`cli/bootstrap.mjs: COMMANDS lacks ${name}`]),
    ];
  });
  expect(wrong).toEqual([]);
});
