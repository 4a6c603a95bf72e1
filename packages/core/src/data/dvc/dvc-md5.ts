import { createHash } from 'node:crypto';
import { open } from '../../platform/index.ts';

/** DVC reads so much at a time, and looks at the beginning of each piece whether it is a text. */
const pieceBytes = 1 << 20;
const lookedAt = 512;

/**
 * Whether a file has the MD5 by which DVC knows it. DVC before 3 took that of texts with each carriage return before a line feed left out, piece by piece
 * (`Dos2UnixHashStreamFile` in `dvc_data/hashfile/hash.py`); what it takes for a text is in `istextfile.py`.
 */
export async function hasDvcMd5(path: string, { md5, isLegacy }: { readonly md5: string; readonly isLegacy: boolean }): Promise<boolean> {
  const [plain, unixByPiece, unix] = [createHash('md5'), createHash('md5'), createHash('md5')];
  await using file = await open(path, 'r');
  const piece = Buffer.allocUnsafe(pieceBytes);
  let isTextFile: boolean | null = null;
  for (;;) {
    const bytes = piece.subarray(0, await readFull(file, piece));
    isTextFile ??= isText(bytes.subarray(0, lookedAt));
    plain.update(bytes);
    if (isLegacy) {
      const shorter = withoutReturns(bytes);
      unixByPiece.update(isText(bytes.subarray(0, lookedAt)) ? shorter : bytes);
      unix.update(isTextFile ? shorter : bytes);
    }
    if (bytes.length < pieceBytes) break;
  }
  const found = [plain, ...(isLegacy ? [unixByPiece, unix] : [])].map((hash) => hash.digest('hex'));
  return found.includes(md5);
}

async function readFull(file: Awaited<ReturnType<typeof open>>, into: Buffer): Promise<number> {
  let length = 0;
  while (length < into.length) {
    const { bytesRead } = await file.read(into, length, into.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

function isText(block: Uint8Array): boolean {
  if (block.includes(0)) return false;
  const others = block.filter((byte) => !((byte >= 32 && byte < 127) || (byte >= 8 && byte <= 10) || byte === 12 || byte === 13)).length;
  return block.length === 0 || others / block.length <= 0.3;
}

function withoutReturns(bytes: Buffer): Buffer {
  const shorter = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== 13 || bytes[at + 1] !== 10) shorter[length++] = byte;
  }
  return shorter.subarray(0, length);
}
