import { headerOf } from './tar-header.ts';

/** An entry as a hostile writer may make it; what is left out is as in a plain file. */
export interface HostileEntry {
  readonly name?: string | Buffer;
  readonly type?: string;
  readonly link?: string;
  readonly content?: string | Buffer;
  /** The size field as it is written. */
  readonly size?: string | Buffer;
  /** Fields of a pax header before it, each `keyword=value`. */
  readonly pax?: readonly (string | Buffer)[];
  /** Whether its checksum is left wrong. */
  readonly isBroken?: boolean;
}

/** The bytes of an archive, with the two blocks of zeros at its end. */
export function tarOf(entries: readonly HostileEntry[], end: Buffer = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), end]);
}

function blocksOf({ pax, ...entry }: HostileEntry): readonly Buffer[] {
  const before = pax === undefined ? [] : blocksOf({ name: 'pax', type: 'x', content: Buffer.concat(pax.map(paxRecord)) });
  const content = Buffer.from(entry.content ?? '');
  return [...before, hostileHeader(entry, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

function paxRecord(text: string | Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(' '), Buffer.from(text), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function hostileHeader({ name = 'a.txt', type = '0', link = '', size, isBroken = false }: HostileEntry, bytes: number): Buffer {
  const block = headerOf('', bytes, type);
  Buffer.from(name).copy(block, 0);
  block.write(link, 157, 'utf8');
  if (size !== undefined) Buffer.from(size).copy(block.fill(0, 124, 136), 124);
  block.write('        ', 148, 'latin1');
  const sum = block.reduce((all, byte) => all + byte, 0) + (isBroken ? 1 : 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
