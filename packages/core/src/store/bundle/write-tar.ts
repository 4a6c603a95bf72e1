import { dirname } from 'node:path';
import { createReadStream, open, rename, rm, syncFolder, temporaryBeside } from '../../platform/index.ts';
import { headerOf } from './tar-header.ts';

/** A file on its way into an archive: its bytes, or where they lie. */
export interface PackedFile {
  /** At most 100 bytes. */
  readonly path: string;
  readonly bytes: number;
  readonly source: Uint8Array | string;
}

const block = 512;
/** What the octal digits of a header can say; beyond it a pax attribute says the size. */
const largestPlain = 8 ** 11 - 1;

/** Writes an archive that has the same bytes whenever and by whomever it is made: whole under its name, or not at all. */
export async function writeTar(file: string, files: AsyncIterable<PackedFile>): Promise<void> {
  const temporary = temporaryBeside(file);
  const handle = await open(temporary, 'wx');
  try {
    for await (const { path, bytes, source } of files) {
      if (bytes > largestPlain) await handle.writeFile(paxSize(bytes));
      await handle.writeFile(headerOf(path, bytes > largestPlain ? 0 : bytes));
      await handle.writeFile(typeof source === 'string' ? createReadStream(source) : source);
      await handle.writeFile(Buffer.alloc((block - (bytes % block)) % block));
    }
    await handle.writeFile(Buffer.alloc(2 * block));
    await handle.sync();
    await handle.close();
    await rename(temporary, file);
    syncFolder(dirname(file));
  } finally {
    await handle.close().catch(() => undefined);
    await rm(temporary, { force: true });
  }
}

function paxSize(bytes: number): Buffer {
  const rest = ` size=${bytes}\n`;
  const record = `${rest.length + 2}${rest}`; // two digits, whatever a size is
  return Buffer.concat([headerOf('size', record.length, 'x'), Buffer.from(record.padEnd(block, '\0'))]);
}
