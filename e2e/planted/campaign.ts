import { join } from 'node:path';
import { type Engine, openEngine, quoteName } from '@tidegate/runtime';
import { rowColumn } from './chance.ts';
import { type ColumnFacts, columnFacts } from './column-facts.ts';
import type { DataSet } from './data-sets/data-set.ts';
import type { Delivery } from './delivery.ts';
import type { Alarm, DeliveredVersion, Detector, History, Learned, SmallestFound } from './detectors/detector.ts';
import type { Change, Fault } from './fault.ts';
import { plant, type Planted } from './plant.ts';
import { type Given, plantingOf, sizesOf, type Step, withTold } from './sizes.ts';
import { toldLimit } from './told-limit.ts';
import { makePair, type Pair } from './versions.ts';

/** What one detector said of one version with one fault. */
export interface Trial {
  readonly dataSet: string;
  readonly seed: number;
  readonly kind: string;
  readonly step: Step;
  readonly size: number;
  /** Null: none can be computed, or it lies beyond the gross fault. */
  readonly limit: number | null;
  readonly isBeyond: boolean;
  /** The size from which on drift itself says that it finds it; null where it says nothing, or that it does not up to the gross fault. */
  readonly told: number | null;
  readonly detector: string;
  /** Whether something is said of a column of the fault, or of the table, that is not said of the same version without it. */
  readonly isFound: boolean;
}

/** What one detector said of one version in which nothing changed. */
export interface CleanTrial {
  readonly dataSet: string;
  readonly seed: number;
  readonly detector: string;
  readonly earlierRows: number;
  readonly rows: number;
  readonly columns: number;
  readonly alarms: readonly Alarm[];
}

export interface Trials {
  readonly clean: readonly CleanTrial[];
  readonly planted: readonly Trial[];
}

export interface Campaign {
  /** Folder that has the tables of the data sets. */
  readonly tables: string;
  /** Folder that versions are written into. */
  readonly folder: string;
  readonly faults: readonly Fault[];
  readonly detectors: readonly Detector[];
  readonly deliver: Delivery;
  readonly seeds: readonly number[];
  /** Default: all of them. */
  readonly steps?: readonly Step[];
}

/** All false alarms of the columns of a version together, as limits of faults are computed; what a monitor declares by default. */
const falseAlarms = 0.01;
const power = 0.8;

/** Makes versions of a data set, clean and with every fault at every size, and asks every detector. */
export async function carryOut(dataSet: DataSet, campaign: Campaign): Promise<Trials> {
  const clean: CleanTrial[] = [];
  const planted: Trial[] = [];
  using engine = await openEngine({ threads: 1 });
  for (const seed of campaign.seeds) {
    const found = await oneSeed(engine, dataSet, seed, campaign);
    clean.push(...found.clean);
    planted.push(...found.planted);
  }
  return { clean, planted };
}

async function oneSeed(engine: Engine, dataSet: DataSet, seed: number, campaign: Campaign): Promise<Trials> {
  const { tables, folder, faults, detectors, deliver, steps } = campaign;
  const pair = await makePair(engine, dataSet, { folder: tables, seed });
  const delivered = await deliverPair(engine, pair, campaign);
  const learned: { readonly detector: Detector; readonly knows: Learned }[] = [];
  // one after the other: they measure with one engine, and what it holds while it does has a name
  for (const detector of detectors) learned.push({ detector, knows: await detector.learn(delivered.history, { dataSet, engine }) });
  try {
    const given = await givenOf(engine, dataSet, pair);
    const clean: CleanTrial[] = [];
    const judges: (Pick<CleanTrial, 'detector' | 'alarms'> & Pick<Learned, 'judge'>)[] = [];
    for (const { detector, knows } of learned) {
      const { earlierRows, rows, columns } = given;
      const alarms = await knows.judge(delivered.own);
      clean.push({ dataSet: dataSet.name, seed, detector: detector.name, earlierRows, rows, columns, alarms });
      judges.push({ detector: detector.name, alarms, judge: knows.judge });
    }
    const smallest = await smallestOf(learned, delivered.own);
    const planted: Trial[] = [];
    for (const fault of faults) {
      const columnsOfRole = dataSet.roles[fault.needs];
      if (columnsOfRole === undefined) continue;
      const own = { ...given, columnsOfRole };
      const computed = await sizesOf(engine, fault, own);
      const gross = computed.sizes[0]?.size ?? 0;
      const most = fault.unit === 'rows' ? given.rows : gross;
      const told = await toldLimit(engine, fault, { given: own, smallest, gross: most });
      const { sizes, limit, isBeyond } = withTold(computed, told, most);
      for (const { step, size } of sizes.filter((one) => steps?.includes(one.step) ?? true)) {
        const change = fault.change(plantingOf(own, size));
        const version = await deliverPlanted(engine, change, {
          delivered: delivered.own,
          folder,
          deliver,
          seed: `${fault.kind}:${size}:${seed}`,
        });
        const places = new Set([...columnsOfRole, ...version.columns]);
        for (const { judge, detector, alarms } of judges) {
          const known = new Set(alarms.map(({ name }) => name));
          const said = (await judge(version)).filter(({ name }) => !known.has(name));
          const isFound = said.some(({ column }) => column === null || places.has(column));
          planted.push({ dataSet: dataSet.name, seed, kind: fault.kind, step, size, limit, isBeyond, told, detector, isFound });
        }
      }
    }
    return { clean, planted };
  } finally {
    for (const { knows } of learned) await knows[Symbol.asyncDispose]();
  }
}

/** What all detectors together say they would find; of one thing at most one says anything. */
async function smallestOf(learned: readonly { readonly knows: Learned }[], version: DeliveredVersion): Promise<SmallestFound> {
  const all: SmallestFound[] = [];
  for (const { knows } of learned) if (knows.smallest !== undefined) all.push(await knows.smallest(version));
  return {
    columns: new Map(all.flatMap(({ columns }) => [...columns])),
    characters: new Map(all.flatMap(({ characters }) => [...characters])),
    vocabulary: new Map(all.flatMap(({ vocabulary }) => [...vocabulary])),
  };
}

async function givenOf(engine: Engine, { roles }: DataSet, pair: Pair): Promise<Omit<Given, 'columnsOfRole'>> {
  const columns = (await engine.describe(`SELECT * EXCLUDE (${quoteName(rowColumn)}) FROM own`)).map(({ name }) => name);
  const known = new Map<string, ColumnFacts>();
  for (const column of new Set(Object.values(roles).flat()))
    if (columns.includes(column)) known.set(column, await columnFacts(engine, 'past', column));
  const facts = (column: string): ColumnFacts => {
    const found = known.get(column);
    if (found === undefined) throw new Error(`Cannot plant a fault: the data set has no column "${column}"`);
    return found;
  };
  const earlierRows = pair.counts.reduce((sum, count) => sum + count, 0);
  return { earlierRows, rows: pair.rows, columns: columns.length, falseAlarms, power, counts: pair.counts, facts };
}

async function deliverPair(
  engine: Engine,
  { hasParent, earlier }: Pair,
  { folder, deliver }: Campaign,
): Promise<{ readonly history: History; readonly own: DeliveredVersion }> {
  const place = (name: string): string => join(folder, `version-${name}.parquet`);
  if (hasParent) await deliver(engine, 'parent', place('parent'));
  const version = async (table: string, name: string): Promise<DeliveredVersion> => {
    await deliver(engine, table, place(name));
    return { file: place(name), parent: hasParent ? place('parent') : null };
  };
  const whole = await version('past', 'past');
  const versions: DeliveredVersion[] = [];
  if (earlier.length > 1) for (const [index, sql] of earlier.entries()) versions.push(await version(`(${sql})`, `earlier-${index}`));
  return { history: { whole, versions: versions.length === 0 ? [whole] : versions }, own: await version('own', 'own') };
}

interface ToPlant {
  /** The clean version. */
  readonly delivered: DeliveredVersion;
  readonly folder: string;
  readonly deliver: Delivery;
  readonly seed: string;
}

async function deliverPlanted(
  engine: Engine,
  change: Change,
  { delivered, folder, deliver, seed }: ToPlant,
): Promise<DeliveredVersion & Pick<Planted, 'columns'>> {
  const file = join(folder, 'version-planted.parquet');
  const isOther = change.kind === 'in the other table';
  const { columns } = await plant(engine, isOther ? change.change : change, { from: isOther ? 'parent' : 'own', to: 'planted', seed });
  await deliver(engine, 'planted', file);
  return isOther ? { file: delivered.file, parent: file, columns: [] } : { file, parent: delivered.parent, columns };
}
