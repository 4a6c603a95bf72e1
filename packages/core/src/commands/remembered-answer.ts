import { canonicalJson, shape } from '@tidegate/formats';
import { readTextIfThere, realpath, stat, writeFileAtomically } from '../platform/index.ts';

/** What was found out about the machine, and the files that decided it. */
export interface Answer<T> {
  readonly value: T;
  /** Absolute paths: as long as each has the stat it had, the answer holds. */
  readonly files: readonly string[];
}

export interface Question<T> {
  /** Where the answer is remembered, over processes. */
  readonly memory: string;
  readonly shape: shape.Shape<T>;
  readonly ask: () => Promise<Answer<T>>;
}

/** An answer that is remembered until a file that decided it has changed, so that asking again costs a few calls of stat. */
export async function rememberedAnswer<T>({ memory, shape: wanted, ask }: Question<T>): Promise<T> {
  const known = parseMemory(await readTextIfThere(memory), wanted);
  if (known !== null && canonicalJson(await stampsOf(Object.keys(known.stamps))) === canonicalJson(known.stamps)) return known.value;
  const other = underWay.get(memory);
  if (other !== undefined) {
    await other.catch(() => undefined); // it is told to who asked first
    return rememberedAnswer({ memory, shape: wanted, ask });
  }
  const asked = askAndRemember(memory, ask).finally(() => underWay.delete(memory));
  underWay.set(memory, asked);
  return asked;
}

/** Questions under way in this process, by the file that will remember the answer: several steps begin at once and ask the same. */
const underWay = new Map<string, Promise<unknown>>();

async function askAndRemember<T>(memory: string, ask: Question<T>['ask']): Promise<T> {
  const { value, files } = await ask();
  await writeFileAtomically(memory, canonicalJson({ value, stamps: await stampsOf(files) }));
  return value;
}

function parseMemory<T>(content: string | null, value: shape.Shape<T>): { readonly value: T; readonly stamps: Stamps } | null {
  const memory = shape.object({ value: shape.required(value), stamps: shape.required(shape.record(shape.text())) });
  const parsed = shape.parse(memory, content === null ? null : parseJson(content));
  return parsed.ok ? parsed.value : null;
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null; // half a file or somebody else's: ask again
  }
}

type Stamps = { readonly [path: string]: string };

async function stampsOf(paths: readonly string[]): Promise<Stamps> {
  const entries = await Promise.all(
    paths.map(async (path) => {
      const real = await realpath(path).catch(() => path);
      const found = await stat(real).catch(() => null);
      return [path, found === null ? 'none' : `${real} ${found.size} ${found.mtimeMs} ${found.ino}`] as const;
    }),
  );
  return Object.fromEntries(entries);
}
