import { basename, extname } from 'node:path';
import type { FanOutConfig, ItemValue, Substitutes } from '../../config/index.ts';
import { digestOfBytes } from '../../platform/index.ts';

/** One of what a step with `for:` runs over. */
export interface Item {
  /** What follows the `@` in the name of its step: letters, digits and a few signs, different for each item. */
  readonly label: string;
  readonly values: { readonly [name: string]: ItemValue };
  /** What its names stand for in the command, its paths and its variables. */
  readonly substitutes: Substitutes;
}

/** The items in the order of the file. `filesOf` gives the files of a dataset, sorted. */
export function itemsOf(over: FanOutConfig['over'], filesOf: (dataset: string) => readonly string[]): readonly Item[] {
  const labelled = labels();
  switch (over.kind) {
    case 'each':
      return over.items.map((item) => (typeof item === 'object' ? byNames(item, labelled) : byValue(item, labelled)));
    case 'grid':
      return combinations(over.axes).map((values) => byNames(values, labelled));
    case 'partitions':
      return partitions(filesOf(over.dataset), labelled);
  }
}

type Labels = (wanted: string) => string;

function byValue(value: ItemValue, labelled: Labels): Item {
  const text = String(value);
  return { label: labelled(text), values: { item: value }, substitutes: { item: text } };
}

function byNames(values: { readonly [name: string]: ItemValue }, labelled: Labels): Item {
  const label = labelled(
    Object.entries(values)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(','),
  );
  const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  return { label, values, substitutes: { ...texts, item: label } };
}

/** The last axis changes fastest, as in a nest of loops. */
function combinations(axes: { readonly [name: string]: readonly ItemValue[] }): readonly { readonly [name: string]: ItemValue }[] {
  let found: readonly { readonly [name: string]: ItemValue }[] = [{}];
  for (const [name, values] of Object.entries(axes)) found = found.flatMap((item) => values.map((value) => ({ ...item, [name]: value })));
  return found;
}

/** A file's name without its ending where that tells them apart, else its path without what all have in common. */
function partitions(files: readonly string[], labelled: Labels): readonly Item[] {
  const names = files.map((file) => basename(file, extname(file)));
  const areDistinct = new Set(names).size === names.length;
  const common = areDistinct ? 0 : commonFolder(files);
  return files.map((file, index) => {
    const partition = areDistinct ? (names[index] ?? file) : file.slice(common, file.length - extname(file).length).replaceAll('/', '-');
    const label = labelled(partition);
    return { label, values: { partition, file }, substitutes: { partition: label, file, item: label } };
  });
}

function commonFolder(files: readonly string[]): number {
  const [first = ''] = files;
  let length = first.lastIndexOf('/') + 1;
  while (length > 0 && files.some((file) => !file.startsWith(first.slice(0, length)))) length = first.lastIndexOf('/', length - 2) + 1;
  return length;
}

/** Makes labels that are names of files everywhere and differ: what does not fit is replaced, and told apart by a piece of a digest. */
function labels(): Labels {
  const longest = 80;
  const taken = new Set<string>();
  return (wanted) => {
    const plain = wanted.replaceAll(/[^A-Za-z0-9._=,+-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
    let label = plain === wanted && wanted.length <= longest && wanted !== '' ? wanted : '';
    for (let salt = 0; label === '' || taken.has(label.toLowerCase()); salt++) {
      const digest = digestOfBytes(`${wanted} ${salt}`).slice('sha256:'.length, 'sha256:'.length + 8);
      label = [plain.slice(0, longest - 9), digest].filter((part) => part !== '').join('-');
    }
    taken.add(label.toLowerCase());
    return label;
  };
}
