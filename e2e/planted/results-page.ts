import type { Trial, Trials } from './campaign.ts';
import { dataSets } from './data-sets/all.ts';
import { catalogue } from './faults/catalogue.ts';
import { steps } from './sizes.ts';

export interface ResultsFacts {
  /** What had the data, with versions. */
  readonly versions: readonly string[];
}

/** The page of results, in Markdown. */
export function resultsPage(trials: Trials, facts: ResultsFacts): string {
  const detectors = [...new Set(trials.clean.map(({ detector }) => detector))];
  return `# Planted faults, and what of them is found

\`node e2e/planted/main.ts --write\` plants every fault of the catalogue (\`e2e/planted/faults\`) into versions of ${new Set(trials.clean.map(({ dataSet }) => dataSet)).size} data sets and asks what
Tidegate has. ${facts.versions.join(', ')}; ${trials.planted.length / Math.max(1, detectors.length)} planted versions${seedsText(trials)}.${leftOutText(trials)}

- **${detectors.join('**, **')}**, in this order in each cell: the data contract that \`tidegate data infer\` infers, one that says what a person who knows the
  data would say, the drift monitor with its defaults, and what \`tidegate data drift\` says of columns together and of texts, and the anomalies of a version beside those before it, of which it needs five. Nothing of them is tuned to the faults.
- **A version is clean** when nothing changed: one half of the rows, chosen by chance, after the other half; of *flights by day* a real day after the 28 before it.
- **Found**: something is said of a column of the fault or of the table that is not said of the same version without the fault.
- **Sizes**: gross; *told*, from which on drift itself says that it finds such a change with a chance of 80 %, and twice that (\`smallest\` of [a column](../../docs/reference/formats/data-drift.md) and
  [of texts](../../docs/reference/formats/joint-drift.md); a shift, a spread, nulls and new classes are told as such, any other change as a distance of the bins, which \`e2e/planted/told-limit.ts\` turns into a size); the
  *ideal* limit, and twice that. The ideal limit is one row where a row is proof; for distributions the size that a test made for just this fault finds with a chance of 80 % at 1 % false alarms
  for all columns (\`e2e/planted/detection-limit.ts\`): no detector that looks for everything reaches it. Where none can be computed there are sizes as listed, and the least is marked with *.
- The declared contract also promises that rows name one of the other table, that totals there are those of the rows, that every usual class comes with a third of its usual rows, and an age. **No detector yet** for times: their rows are here before them.

## Nothing changed

Versions with an alarm, of all.

| data set | rows before | rows | columns | ${detectors.join(' | ')} |
|---|---|---|---|${detectors.map(() => '---|').join('')}
${cleanRows(trials, detectors).join('\n')}

## By kind

Percent of the planted versions, over the data sets that have such a column and where the limit is not beyond the gross fault; so a smaller size may be of fewer data sets.

| fault | what it is | should be found by | size in | gross | between | twice what is told | told | twice the ideal limit | ideal limit |
|---|---|---|---|---|---|---|---|---|---|
${kindRows(trials, detectors).join('\n')}

## Where a row is proof

One row is enough for a check that allows none, and what is declared is found: 100 % wherever a promise covers it. Where a cell above is less, no promise does:

- **infinity, range, outlier** by the declared contract: it declares a greatest value for ${bounded()} only; a number without one may be as large as it likes. The inferred contract has bounds, with room for what comes next, which 0.3 and 0.05 ranges above all that
  were seen lie within: values that near come by chance.
- **empty text, blanks and case, set, encoding, new class** by the declared contract: it lists no classes and no signs. The inferred one does where the rows leave no room for a further class; the three classes of *airports* (\`dst\`), one of them rare, do leave it.
- **key** by the inferred contract: a key of two columns is inferred only where no single column is one.
- **foreign key, parent gone, reconciliation** need another table: the inferred contract is made from the rows of one.
- **repeated rows**: found where a key is promised. Without one, two rows may be alike.
- **order of columns** by the inferred contract: only times of one row, and numbers whose names have a word in common, are taken for ordered.

## At the ideal limit, by data set

The limit, and how often any of them found the fault there. \`-\`: it cannot be planted there; \`beyond\`: the limit lies beyond the
gross fault; \`none\`: none can be computed.

${limitTable(trials)}
`;
}

function seedsText({ clean }: Trials): string {
  const seeds = new Set(clean.map(({ seed }) => seed)).size;
  return ` by ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`;
}

/** That a run was of some data sets only is said on its page. */
function leftOutText({ clean }: Trials): string {
  const tried = new Set(clean.map(({ dataSet }) => dataSet));
  const leftOut = dataSets.flatMap(({ name }) => (tried.has(name) ? [] : [name]));
  return leftOut.length === 0 ? '' : ` **Not in this run**: ${leftOut.join(', ')}.`;
}

function cleanRows({ clean }: Trials, detectors: readonly string[]): readonly string[] {
  return [...new Set(clean.map(({ dataSet }) => dataSet))].map((dataSet) => {
    const own = clean.filter((trial) => trial.dataSet === dataSet);
    const [first] = own;
    const cells = detectors.map((detector) => {
      const its = own.filter((trial) => trial.detector === detector);
      const names = [...new Set(its.flatMap(({ alarms }) => alarms.map(({ name }) => name)))];
      const alarmed = its.filter(({ alarms }) => alarms.length > 0).length;
      return `${alarmed} of ${its.length}${names.length === 0 ? '' : ` (${names.slice(0, 4).join(', ')}${names.length > 4 ? ' …' : ''})`}`;
    });
    return `| ${dataSet} | ${first?.earlierRows ?? 0} | ${first?.rows ?? 0} | ${first?.columns ?? 0} | ${cells.join(' | ')} |`;
  });
}

function kindRows({ planted }: Trials, detectors: readonly string[]): readonly string[] {
  return catalogue.flatMap(({ kind, says, finds, unit }) => {
    const own = planted.filter((trial) => trial.kind === kind);
    if (own.length === 0) return [];
    const cells = steps.map((step) => {
      const at = own.filter((trial) => trial.step === step);
      if (at.length === 0) return '';
      const shares = detectors.map((detector) => percent(at.filter((trial) => trial.detector === detector)));
      return `${shares.join(' / ')}${step === 'least' && at.every(({ limit }) => limit === null) ? ' *' : ''}`;
    });
    return [`| ${kind} | ${says} | ${finds.join(', ')} | ${unit} | ${cells.join(' | ')} |`];
  });
}

function percent(trials: readonly Trial[]): string {
  if (trials.length === 0) return '-';
  return `${Math.round((100 * trials.filter(({ isFound }) => isFound).length) / trials.length)}`;
}

/** Data sets whose contract bounds the column that numbers are planted in. */
function bounded(): string {
  return dataSets
    .flatMap(({ name, roles, promises }) => (promises?.bounds?.[roles.number?.[0] ?? ''] === undefined ? [] : [name]))
    .join(', ');
}

function limitTable({ planted }: Trials): string {
  const names = [...new Set(planted.map(({ dataSet }) => dataSet))];
  const rows = catalogue.flatMap(({ kind }) => {
    const own = planted.filter((trial) => trial.kind === kind);
    if (!own.some(({ limit, isBeyond }) => limit !== null || isBeyond)) return [];
    const cells = names.map((name) => cellAtLimit(own.filter(({ dataSet }) => dataSet === name)));
    return [`| ${kind} | ${cells.join(' | ')} |`];
  });
  return [`| fault | ${names.join(' | ')} |`, `|---|${names.map(() => '---|').join('')}`, ...rows].join('\n');
}

function cellAtLimit(trials: readonly Trial[]): string {
  const atLimit = trials.filter(({ limit, size }) => limit !== null && size === limit);
  if (atLimit.length === 0) return trials.length === 0 ? '-' : trials.some(({ isBeyond }) => isBeyond) ? 'beyond' : 'none';
  const seeds = [...new Set(atLimit.map(({ seed }) => seed))];
  const found = seeds.filter((seed) => atLimit.some((trial) => trial.seed === seed && trial.isFound)).length;
  const limits = atLimit.flatMap(({ limit }) => (limit === null ? [] : [limit])).toSorted((a, b) => a - b);
  return `${limits[Math.floor(limits.length / 2)] ?? ''}: ${Math.round((100 * found) / seeds.length)} %`;
}
