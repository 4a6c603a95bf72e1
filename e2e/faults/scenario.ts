import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOut, type Place } from './place.ts';

/** A command that faults are tried on. */
export interface FaultScenario {
  readonly name: string;
  /** Makes the place as it is before the command. */
  readonly prepare: (place: Place) => Promise<void>;
  readonly command: (place: Place) => readonly string[];
  /** A run that must find everything made when the same command has been repeated after the fault. */
  readonly afterwards?: (place: Place) => readonly string[];
}

const run = (): readonly string[] => ['run', '--json'];

export const scenarios: readonly FaultScenario[] = [
  { name: 'first-run', prepare: layOut, command: run },
  {
    name: 'run-after-a-change',
    prepare: async (place) => {
      await finishedRun(place);
      writeFileSync(join(place.project, 'seed.txt'), 'another tide\n'.repeat(500));
      writeFileSync(join(place.project, 'parts.sh'), 'mkdir made/parts; cp made/left.txt made/parts/1000.txt; echo ran steps.parts\n');
    },
    command: run,
  },
  {
    name: 'check-out-of-hits',
    prepare: async (place) => {
      await finishedRun(place);
      rmSync(join(place.project, 'made'), { recursive: true });
    },
    command: run,
  },
  {
    name: 'failing-step',
    prepare: async (place) => {
      await layOut(place);
      writeFileSync(join(place.project, 'parts.sh'), 'mkdir made/parts; echo half > made/parts/half.txt; echo ran steps.parts; exit 3\n');
    },
    command: run,
  },
  {
    name: 'check-out-of-data',
    prepare: async (place) => {
      await layOut(place);
      const rows = Array.from({ length: 400 }, (_, index) => `${index},${(index * 37) % 101}\n`);
      mkdirSync(join(place.project, 'data'));
      for (const part of [0, 1, 2])
        writeFileSync(join(place.project, `data/tide-${part}.csv`), `hour,level\n${rows.slice(100 * part).join('')}`);
      writeFileSync(
        join(place.project, 'tidegate.yaml'),
        'version: 1\nproject: faults\ndata: { tides: { from: { files: data/*.csv } } }\n',
      );
      await expectSuccess(place, ['run']);
      rmSync(join(place.project, 'data'), { recursive: true });
      mkdirSync(join(place.project, 'data'));
    },
    command: () => ['data', 'checkout', 'tides', '--json'],
    afterwards: run,
  },
  {
    name: 'collect-garbage',
    prepare: async (place) => {
      await finishedRun(place);
      for (const tide of [1, 2]) {
        writeFileSync(join(place.project, 'seed.txt'), `tide ${tide}: ${'in and out '.repeat(6000)}\n`.repeat(tide));
        await expectSuccess(place, ['run']);
      }
    },
    command: () => ['store', 'gc', '--json', '--grace', '0s', '--keep-runs', '1', '--keep-days', '0'],
    afterwards: run,
  },
  {
    name: 'push',
    prepare: finishedRun,
    command: ({ remote }) => ['remote', 'push', '--json', '--remote', remote],
    afterwards: run,
  },
  {
    name: 'run-from-a-remote',
    prepare: async (place) => {
      await finishedRun(place);
      await expectSuccess(place, ['remote', 'push', '--remote', place.remote]);
      rmSync(place.home, { recursive: true });
      rmSync(join(place.project, 'made'), { recursive: true });
    },
    command: ({ remote }) => ['run', '--json', '--remote', remote],
  },
];

async function finishedRun(place: Place): Promise<void> {
  await layOut(place);
  await expectSuccess(place, ['run']);
}

async function expectSuccess(place: Place, words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await place.tidegate(words);
  if (code !== 0) throw new Error(`tidegate ${words.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`);
}
