import { clopperPearson } from '@tidegate/runtime';
import type { Trial, Trials } from './campaign.ts';
import { dataSets } from './data-sets/all.ts';
import type { Fault } from './fault.ts';
import { catalogue } from './faults/catalogue.ts';
import type { Step } from './sizes.ts';

/** The chance that a limit is told for. */
const promised = 0.8;

type Told = NonNullable<Fault['told']>;

/** The page of what is found where drift itself says that it finds it, in Markdown. */
export function toldPage(trials: Trials, { versions }: { readonly versions: readonly string[] }): string {
  const names = dataSets.map(({ name }) => name);
  const tried = names.filter((name) => trials.planted.some(({ dataSet }) => dataSet === name));
  const leftOut = names.filter((name) => !tried.includes(name));
  return `# What drift says that it finds, and whether it does

Every verdict on a column says which changes so many rows would have found with a chance of 80 %: \`smallest\` of [a column](../../docs/reference/formats/data-drift.md) and of
[texts](../../docs/reference/formats/joint-drift.md). \`node e2e/planted/main.ts --told --write\` plants faults of just these sizes, and counts. ${versions.join(', ')}.${leftOut.length === 0 ? '' : ` **Not in this run**: ${leftOut.join(', ')}.`}

- A shift, a spread, nulls and new classes are told as such; of any other change the distance of the bins, and the size at which the fault moves the bins of a column that far is computed from the earlier rows (\`e2e/planted/told-limit.ts\`).
- **Found** means that the one who told it says so of a column of the fault: the drift monitor with its defaults; of *text length* and *vocabulary* what \`tidegate data drift\` says of texts. The chance is told for 1 % false alarms of all columns of the
  data set together. **Bold** where even the upper end of the 95 % interval (Clopper and Pearson) lies below 80 %: there the statement would be wrong.
- The **ideal** limit is that of a test made for just this fault ([RESULTS.md](RESULTS.md)), with no floor below which a change does not matter: what drift finds there is beside it. *Told / ideal* is the median over versions.
- **Not told**: versions in which drift says of no size up to the gross fault that it would be found.

| fault | found at what is told | at twice that | at the ideal limit | told / ideal | not told |
|---|---|---|---|---|---|
${rowsByKind(trials).join('\n')}

## By data set

The size that is told (the median over seeds), and of how many versions it was found there.

| fault | ${tried.join(' | ')} |
|---|${tried.map(() => '---|').join('')}
${rowsByDataSet(trials, tried).join('\n')}
`;
}

/** Trials of a kind by the detector that tells its limit. */
function ownTrials({ planted }: Trials, { kind, told }: Pick<Fault, 'kind'> & { readonly told: Told }): readonly Trial[] {
  const detector = told === 'characters' || told === 'vocabulary' ? 'together' : 'drift';
  return planted.filter((trial) => trial.kind === kind && trial.detector === detector);
}

const kindsTold = catalogue.flatMap(({ kind, told }) => (told === undefined ? [] : [{ kind, told }]));

function rowsByKind(trials: Trials): readonly string[] {
  const rows = kindsTold.flatMap((fault) => {
    const own = ownTrials(trials, fault);
    return own.length === 0 ? [] : [rowOf(fault.kind, own)];
  });
  const all = kindsTold.flatMap((fault) => ownTrials(trials, fault));
  return all.length === 0 ? rows : [...rows, rowOf('**all**', all)];
}

function rowOf(name: string, own: readonly Trial[]): string {
  const ratios = own.flatMap(({ step, told, limit }) => (step === 'told' && told !== null && limit !== null ? [told / limit] : []));
  const notTold = new Set(own.flatMap(({ told, kind, dataSet, seed }) => (told === null ? [`${kind} ${dataSet} ${seed}`] : []))).size;
  const ratio = medianOf(ratios);
  const cells = [
    name,
    foundAt(own, 'told', promised),
    foundAt(own, 'twice told', promised),
    foundAt(own, 'least', 0),
    ratio === null ? '' : ratio.toFixed(1),
    notTold === 0 ? '' : String(notTold),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** `9 of 11, 82 % (52 to 95)` */
function foundAt(own: readonly Trial[], step: Step, least: number): string {
  const at = own.filter((trial) => trial.step === step);
  if (at.length === 0) return '-';
  const found = at.filter(({ isFound }) => isFound).length;
  const { low, high } = clopperPearson(found, at.length, 0.975);
  const whole = (share: number): string => (share * 100).toFixed(0);
  const text = `${found} of ${at.length}, ${whole(found / at.length)} % (${whole(low)} to ${whole(high)})`;
  return high < least ? `**${text}**` : text;
}

function rowsByDataSet(trials: Trials, tried: readonly string[]): readonly string[] {
  return kindsTold.flatMap((fault) => {
    const own = ownTrials(trials, fault);
    if (own.length === 0) return [];
    const cells = tried.map((name) => {
      const its = own.filter(({ dataSet }) => dataSet === name);
      const at = its.filter(({ step }) => step === 'told');
      const size = medianOf(at.map((trial) => trial.size));
      if (size === null) return its.length === 0 ? '-' : 'not told';
      return `${size}: ${at.filter(({ isFound }) => isFound).length} of ${at.length}`;
    });
    return [`| ${fault.kind} | ${cells.join(' | ')} |`];
  });
}

function medianOf(numbers: readonly number[]): number | null {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? null;
}
