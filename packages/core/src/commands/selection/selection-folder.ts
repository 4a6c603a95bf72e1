import { join } from 'node:path';
import { shape, type TestDependencies } from '@tidegate/formats';
import { mkdir, readdir, readTextIfThere, rm, writeFile } from '../../platform/index.ts';
import type { KnownTests } from './known-tests.ts';
import { mergeDependencies } from './merge-dependencies.ts';
import { keptStateText } from './python/kept-state-text.ts';
import { pluginText } from './python/plugin-text.ts';
import { recordingText } from './python/recording-text.ts';
import { sourcesText } from './python/sources-text.ts';

/** The plugin of pytest as a package at the top of the workspace, where `python -m pytest` finds it. */
export const plugin = 'tidegate_selection';

const files = {
  '__init__.py': pluginText,
  'recording.py': recordingText,
  'sources.py': sourcesText,
  'kept_state.py': keptStateText,
} as const;

/** What a run of pytest said of its tests. */
export interface ToldTests {
  /** Ids of tests that it left out. */
  readonly left: ReadonlySet<string>;
  /** Id of a test that was run though something was known of others → why. */
  readonly ran: ReadonlyMap<string, string>;
  readonly dependencies: TestDependencies;
}

export const nothingTold: ToldTests = { left: new Set(), ran: new Map(), dependencies: mergeDependencies([]) };

/** What two tries of the same said together. */
export function alsoTold(one: ToldTests, other: ToldTests): ToldTests {
  return {
    left: new Set([...one.left, ...other.left]),
    ran: new Map([...one.ran, ...other.ran]),
    dependencies: mergeDependencies([one.dependencies, other.dependencies]),
  };
}

/** Puts the plugin into a workspace, with what is known of the tests; null when nothing is, and all are to run. */
export async function putSelection(folder: string, known: KnownTests | null): Promise<void> {
  const place = join(folder, plugin);
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(place, name), text);
  if (known === null) return;
  const { changed, dependencies } = known;
  await writeFile(join(place, 'known.json'), JSON.stringify({ changed, files: dependencies.files, tests: known.offered }));
}

const index = shape.number({ integer: true, minimum: 0 });
const toldShape = shape.object({
  left: shape.required(shape.list(shape.text())),
  ran: shape.required(shape.record(shape.text())),
  files: shape.required(shape.list(shape.object({ path: shape.required(shape.text()), outline: shape.required(shape.text()) }))),
  tests: shape.required(
    shape.record(
      shape.object({
        name: shape.required(shape.text()),
        whole: shape.required(shape.list(index)),
        imported: shape.required(shape.list(index)),
        why: shape.required(shape.text()),
      }),
    ),
  ),
});

/** What every process of pytest told; nothing where that cannot be read: then no test was left out, and nothing is known for the next run. */
export async function readSelection(folder: string): Promise<ToldTests> {
  const place = join(folder, plugin);
  const names = (await readdir(place).catch(() => [])).filter((name) => /^told-\d+\.json$/.test(name)).toSorted();
  const told = [];
  for (const name of names) {
    const value = parsedJson((await readTextIfThere(join(place, name))) ?? '');
    const read = shape.parse(toldShape, value);
    if (read.ok) told.push(read.value);
  }
  return {
    left: new Set(told.flatMap(({ left }) => left)),
    ran: new Map(told.flatMap(({ ran }) => Object.entries(ran))),
    dependencies: mergeDependencies(told),
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
