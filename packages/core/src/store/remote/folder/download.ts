import { constants, measureFile, open, rm } from '../../../platform/index.ts';
import type { Downloaded, TransferOptions } from '../remote-files.ts';
import { corrupt } from './failures.ts';
import { moveBytes } from './move-bytes.ts';
import { ofAbsent, tagOfOpen } from './tag-of.ts';

interface Download {
  readonly from: string;
  readonly path: string;
  readonly options: TransferOptions;
}

/** As `RemoteFiles.download`, from one path to another. */
export async function download(name: string, { from, path, options }: Download): Promise<Downloaded | null> {
  const source = await open(from, 'r').catch(ofAbsent);
  if (source === null) {
    await rm(path, { force: true });
    return null;
  }
  try {
    const { size } = await source.stat();
    const tag = await tagOfOpen(source);
    const receive = async (): Promise<{ readonly moved: number; readonly start: number }> => {
      await using target = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
      const there = (await target.stat()).size;
      const start = there > size ? 0 : there;
      if (there > size) await target.truncate(0);
      const moved = await moveBytes({ from: source, to: target, start, signal: options.signal, onProgress: options.onProgress });
      return { moved, start };
    };
    const isRight = async (): Promise<boolean> => options.digest === undefined || (await measureFile(path)).digest === options.digest;

    const first = await receive();
    if (await isRight()) return { size, tag, moved: first.moved };
    await rm(path, { force: true });
    if (first.start === 0) throw corrupt(name, options.digest ?? (await measureFile(from)).digest);
    const again = await receive();
    if (await isRight()) return { size, tag, moved: first.moved + again.moved };
    await rm(path, { force: true });
    throw corrupt(name, options.digest ?? (await measureFile(from)).digest);
  } finally {
    await source.close();
  }
}
