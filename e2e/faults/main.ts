import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { layOutCommandLine } from '../../tools/publish/lay-out-command-line.ts';
import { carryOut, type Entry, readLedger, stageAt } from './campaign.ts';
import { countsOf } from './counts.ts';
import { scenarios } from './scenario.ts';
import { inRandomOrder, randomKills, sampleOf, type Task, tasksOf } from './tasks.ts';

/**
 * Puts faults at the system calls of real commands. Usage:
 *
 *     node e2e/faults/main.ts [--all | --sample 100] [--random 1000] [--seed 1] [--scenario NAME…] [--fault kill…]
 *       [--workers 2] [--ledger FILE] [--json FILE]
 *     node e2e/faults/main.ts --counts --ledger FILE     what came of those in the ledger
 *
 * In an order that the seed decides, so that what has been tried so far is a sample of the whole. With a ledger it goes on where it was stopped. It needs `strace`, and the right to trace processes of one's own.
 */
const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    sample: { type: 'string', default: '0' },
    random: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    scenario: { type: 'string', multiple: true },
    fault: { type: 'string', multiple: true },
    workers: { type: 'string', default: '2' },
    ledger: { type: 'string' },
    json: { type: 'string' },
    counts: { type: 'boolean', default: false },
  },
});

if (values.counts) {
  console.log(JSON.stringify(countsOf(readLedger(resolve(values.ledger ?? ''))), null, 2));
  process.exit();
}

const folder = mkdtempSync(join(tmpdir(), 'tidegate-faults-'));
try {
  const seed = Number(values.seed);
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compile-cache');
  const program = await layOutCommandLine(resolve(import.meta.dirname, '../..'), join(folder, 'program'));
  const first = stageAt(join(folder, 'worker-1'), program);
  const others = Array.from({ length: Number(values.workers) - 1 }, (_, index) => stageAt(join(folder, `worker-${index + 2}`), program));
  const rehearsed = [];
  for (const scenario of scenarios.filter(({ name }) => values.scenario?.includes(name) ?? true)) rehearsed.push(await first(scenario));
  const calls = rehearsed.flatMap(tasksOf).filter((task) => values.fault?.includes(task.kind === 'call' ? task.fault : '') ?? true);
  for (const { scenario, points, durationMs } of rehearsed)
    console.log(`${scenario.name}: ${points.length} calls to put a fault at, ${Math.round(durationMs)} ms undisturbed`);
  const chosen: readonly Task[] = [
    ...(values.all ? calls : sampleOf(calls, { count: Number(values.sample), seed })),
    ...randomKills(rehearsed, { count: Number(values.random), seed }),
  ];
  const began = performance.now();
  const entries = await carryOut(inRandomOrder(chosen, seed), {
    stages: [first, ...others],
    ledger: values.ledger === undefined ? null : resolve(values.ledger),
    onEntry: (entry, left) => tell(entry, left),
  });
  const counts = { seed, seconds: Math.round((performance.now() - began) / 1000), ...countsOf(entries) };
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(counts, null, 2)}\n`);
  console.log(JSON.stringify(counts, null, 2));
  process.exitCode = counts.withProblems === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function tell({ name, at, problems }: Entry, left: number): void {
  if (problems.length > 0) console.log(`${name}, at ${at}:\n  ${problems.join('\n  ').replaceAll('\n', '\n    ')}`);
  if (left % 100 === 0) console.log(`${left} left`);
}
