import { failure } from '@tidegate/formats';
import { beginningOf } from '../platform/index.ts';

/** The first line of a pointer, as https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md has it. */
const firstLine = 'version https://git-lfs.github.com/spec/v1\n';

/** Lengths of pointers as Git LFS writes them: that line, 64 digits of a digest, and the size. No other file is looked into. */
const lengths = { least: 120, most: 200 };

/** Refuses files that are pointers of Git LFS: what they stand for was not fetched. `file` is where it lies, absolute. @throws TG-DATA-POINTER */
export function refusePointers(files: readonly { readonly path: string; readonly file: string; readonly bytes: number }[]): void {
  const pointer = files.find(({ file, bytes }) => bytes >= lengths.least && bytes <= lengths.most && beginsAsPointer(file));
  if (pointer === undefined) return;
  throw failure(
    'TG-DATA-POINTER',
    `Cannot read "${pointer.path}": it is a pointer of Git LFS, and the file itself was not fetched`,
    'Run "git lfs pull", then the command again',
  );
}

function beginsAsPointer(file: string): boolean {
  return Buffer.from(beginningOf(file, firstLine.length)).equals(Buffer.from(firstLine));
}
