import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Campaign, carryOut, type Trials } from './campaign.ts';
import { dataSets } from './data-sets/all.ts';
import type { DataSet } from './data-sets/data-set.ts';
import { exportedDataSets } from './data-sets/export.ts';
import { asParquet, byPostgres } from './delivery.ts';
import { anomalies } from './detectors/anomalies.ts';
import { declaredContract } from './detectors/declared-contract.ts';
import { drift } from './detectors/drift.ts';
import { inferredContract } from './detectors/inferred-contract.ts';
import { together } from './detectors/together.ts';
import { catalogue } from './faults/catalogue.ts';
import { resultsPage } from './results-page.ts';
import { steps } from './sizes.ts';
import { toldPage } from './told-page.ts';

/**
 * Plants faults in data sets and asks what Tidegate has. Usage:
 *
 *     node e2e/planted/main.ts [--seeds 5] [--first 1] [--data-set NAME…] [--fault KIND…] [--detector NAME…] [--write] [--json FILE] [--step told…] [--data FOLDER] [--kept FOLDER]
 *     node e2e/planted/main.ts --from FILE --from FILE [--write]     the page of what such calls have left by `--json` or in `--kept`
 *     node e2e/planted/main.ts --told …                               the page of faults as large as drift says that it finds them
 *
 * It prints the page of results; `--write` puts it where it is committed. With `--data` the tables are kept in that folder for the next time, and with `--kept`
 * what was found of each data set and seed, so that a call goes on where another ended. It needs R, PostgreSQL, and a virtual environment for
 * `examples/flight-delays`, which is made when there is none.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5' },
    first: { type: 'string', default: '1' },
    from: { type: 'string', multiple: true },
    'data-set': { type: 'string', multiple: true },
    fault: { type: 'string', multiple: true },
    detector: { type: 'string', multiple: true },
    step: { type: 'string', multiple: true },
    told: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    json: { type: 'string' },
    data: { type: 'string' },
    kept: { type: 'string' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'tidegate-planted-'));
try {
  const made =
    values.from === undefined ? await makeTrials() : joined(values.from.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Made));
  if (values.json !== undefined) writeFileSync(resolve(values.json), `${JSON.stringify(made)}\n`);
  const page = (values.told ? toldPage : resultsPage)(made, { versions: made.versions });
  if (values.write) writeFileSync(join(import.meta.dirname, values.told ? 'TOLD.md' : 'RESULTS.md'), page);
  else console.log(page);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Trials, and what had the data. */
interface Made extends Trials {
  readonly versions: readonly string[];
}

async function makeTrials(): Promise<Made> {
  const chosen = dataSets.filter(({ name }) => values['data-set']?.includes(name) ?? true);
  const faults = catalogue.filter(({ kind, told }) => (values.fault?.includes(kind) ?? true) && (told !== undefined || !values.told));
  const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + Number(values.first));
  const tables = values.data === undefined ? join(folder, 'tables') : resolve(values.data);
  const versions = await exportedDataSets(tables, chosen);
  const all: Made[] = [{ versions, clean: [], planted: [] }];
  for (const dataSet of chosen) for (const seed of seeds) all.push(await keptTrials(dataSet, seed, { tables, faults, versions }));
  return joined(all);
}

/** The trials of one data set and seed, as they were found before where they are kept. */
async function keptTrials(
  dataSet: DataSet,
  seed: number,
  { versions, ...given }: Pick<Campaign, 'tables' | 'faults'> & Pick<Made, 'versions'>,
): Promise<Made> {
  const file = values.kept === undefined ? null : join(resolve(values.kept), `${dataSet.name.replaceAll(' ', '-')}-${seed}.json`);
  if (file !== null && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Made;
  const began = performance.now();
  await using database = dataSet.from === 'PostgreSQL' ? await byPostgres() : null;
  const detectors = [inferredContract, declaredContract, drift, together, anomalies].filter(
    ({ name }) => values.detector?.includes(name) ?? true,
  );
  const asked = steps.filter((step) => values.step?.includes(step) ?? false);
  const trials = await carryOut(dataSet, {
    ...given,
    folder,
    detectors,
    deliver: database?.deliver ?? asParquet,
    seeds: [seed],
    ...(asked.length > 0 && { steps: asked }),
  });
  const made = { ...trials, versions: database === null ? versions : [...versions, database.version] };
  console.error(`${dataSet.name}, ${seed}: ${trials.planted.length} trials, ${Math.round((performance.now() - began) / 1000)} s`);
  if (file === null) return made;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(made));
  renameSync(`${file}.new`, file);
  return made;
}

function joined(all: readonly Made[]): Made {
  return {
    versions: [...new Set(all.flatMap(({ versions }) => versions))],
    // a data set whose kinds of faults were tried in several calls has the same clean version in each of them
    clean: [
      ...new Map(all.flatMap(({ clean }) => clean.map((one) => [`${one.dataSet} ${one.seed} ${one.detector}`, one] as const))).values(),
    ],
    planted: all.flatMap(({ planted }) => planted),
  };
}
