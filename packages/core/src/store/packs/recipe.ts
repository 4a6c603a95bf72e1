import { createHash } from 'node:crypto';
import { type Digest, digestOfHex, hexOf } from '@tidegate/formats';

/** Which pieces, one after the other, make an object. */
export interface Recipe {
  readonly object: Digest;
  /** Length of the object. */
  readonly bytes: number;
  readonly pieces: readonly Digest[];
}

/** What every recipe begins with. Format: docs/reference/formats/pack.md. */
const magic = Buffer.from('TIDERCP1');
const digestBytes = 32;
/** How much of a recipe says which object it makes. */
export const headBytes = magic.length + digestBytes + 8;

export function recipeBytes({ object, bytes, pieces }: Recipe): Uint8Array {
  const content = Buffer.alloc(headBytes + pieces.length * digestBytes);
  magic.copy(content);
  content.write(hexOf(object), magic.length, 'hex');
  content.writeBigUInt64LE(BigInt(bytes), magic.length + digestBytes);
  for (const [index, piece] of pieces.entries()) content.write(hexOf(piece), headBytes + index * digestBytes, 'hex');
  return Buffer.concat([content, createHash('sha256').update(content).digest()]);
}

/** Null for bytes that are no whole recipe. */
export function parseRecipe(bytes: Uint8Array): Recipe | null {
  const all = bufferOf(bytes);
  const content = all.subarray(0, -digestBytes);
  const head = parseRecipeHead(content);
  const length = content.length - headBytes;
  if (head === null || length % digestBytes !== 0) return null;
  if (!createHash('sha256').update(content).digest().equals(all.subarray(-digestBytes))) return null;
  return {
    ...head,
    pieces: Array.from({ length: length / digestBytes }, (_, index) => digestAt(content, headBytes + index * digestBytes)),
  };
}

/** What the first {@link headBytes} of a recipe say; null for other bytes. What follows is not looked at. */
export function parseRecipeHead(bytes: Uint8Array): Pick<Recipe, 'object' | 'bytes'> | null {
  const head = bufferOf(bytes).subarray(0, headBytes);
  if (head.length < headBytes || !head.subarray(0, magic.length).equals(magic)) return null;
  return { object: digestAt(head, magic.length), bytes: Number(head.readBigUInt64LE(magic.length + digestBytes)) };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function digestAt(bytes: Buffer, offset: number): Digest {
  return digestOfHex(bytes.toString('hex', offset, offset + digestBytes));
}
