import { createHash } from 'node:crypto';
import { failure } from '@tidegate/formats';
import { isTreePath } from '../../../store/index.ts';

/** A file of the web, under the name that it gets in the dataset. */
export interface WebFile {
  readonly url: string;
  readonly name: string;
  /** Digest of the address, cut short: the address itself is not told. */
  readonly address: string;
}

/** Each file by the last part of its address. @throws TG-SOURCE-ADDRESS for one without a name, and for two of one name */
export function webFiles(urls: readonly string[]): readonly WebFile[] {
  const files = urls.map((url) => ({ url, name: nameIn(url), address: createHash('sha256').update(url).digest('hex').slice(0, 16) }));
  const names = files.map(({ name }) => name);
  const wrong = files.find(({ name }, index) => name === '' || !isTreePath(name) || names.indexOf(name) !== index);
  if (wrong === undefined) return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found =
    names.filter((name) => name === wrong.name).length > 1 ? `two files would be "${wrong.name}"` : 'it ends with no name of a file';
  throw failure(
    'TG-SOURCE-ADDRESS',
    `Cannot read a file of the web: ${found}`,
    'Name addresses whose last parts are names of files, and differ',
  );
}

function nameIn(url: string): string {
  try {
    return decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
  } catch {
    return '';
  }
}
