import { join } from 'node:path';
import type { Digest } from '@tidegate/formats';
import { rm, temporaryBeside } from '../../../platform/index.ts';
import { type WrittenPack, writePacks } from '../../packs/write-pack.ts';
import type { Added } from '../index/remote-index.ts';
import type { PackedPlace } from './packed-place.ts';
import { packName } from './pack-name.ts';
import type { Pieces } from './pieces-of.ts';

/** Packs on their way at once: each is up to 64 MiB of disk until it has arrived. */
const packsAtOnce = 3;

/** So many packs are entered into the index together. */
const packsAnEntry = 8;

interface SendOptions {
  readonly signal: AbortSignal | undefined;
  readonly onMoved: (bytes: number) => void;
}

type PackFile = WrittenPack & { readonly path: string };

/** A pack that has arrived, or is about to. */
interface SentPack {
  readonly added: Added;
  readonly name: string;
  /** Whether it was there already. */
  readonly wasThere: boolean;
}

/**
 * Writes pieces into packs, sends these, and enters them into the index in their order, so that no recipe is there before its pieces. Whoever is killed
 * leaves packs that the index does not name: the next push makes the same ones and finds them there, or garbage collection takes them out.
 */
export async function sendPieces(place: PackedPlace, pieces: Pieces, options: SendOptions): Promise<void> {
  const unsound = await damagedPacks(place);
  const underway: Promise<SentPack>[] = [];
  const arrived: SentPack[] = [];
  const enter = async (): Promise<void> => {
    const sent = arrived.splice(0);
    const added = {
      objects: [...sent.flatMap((pack) => pack.added.objects), ...pieces.asFiles.splice(0)],
      chunks: sent.flatMap((pack) => pack.added.chunks),
    };
    await place.index.publish(added, options);
    for (const { name, wasThere } of sent) if (wasThere) await requireThere(place, name);
  };
  const nextPath = (): string => temporaryBeside(join(place.scratch, 'pack'));
  try {
    for await (const pack of writePacks(nextPath, pieces.pieces(), options.signal === undefined ? {} : { signal: options.signal })) {
      const sending = sendPack(place, pack, { ...options, added: pieces.placedIn(pack), isUnsound: unsound.has(pack.digest) });
      sending.catch(() => undefined); // told when its turn comes
      underway.push(sending);
      const first = underway.length < packsAtOnce ? undefined : underway.shift();
      if (first !== undefined) arrived.push(await first);
      if (arrived.length >= packsAnEntry) await enter();
    }
    arrived.push(...(await Promise.all(underway)));
    await enter();
  } finally {
    await Promise.allSettled(underway);
  }
}

interface PackToSend extends SendOptions {
  readonly added: Added;
  /** Whether something in it was read with other bytes. */
  readonly isUnsound: boolean;
}

async function sendPack(
  { files, zone }: PackedPlace,
  pack: PackFile,
  { added, isUnsound, signal, onMoved }: PackToSend,
): Promise<SentPack> {
  const name = packName(zone, pack.digest);
  try {
    const onlyIf = isUnsound ? null : 'absent';
    const { written } = await files.write(name, pack.path, { digest: pack.digest, onlyIf, signal, onProgress: onMoved });
    if (!written) onMoved(0);
    return { added, name, wasThere: !written };
  } finally {
    await rm(pack.path, { force: true });
  }
}

/** The packs of which something is known to be damaged: the same one takes their place. */
async function damagedPacks({ index }: PackedPlace): Promise<ReadonlySet<Digest>> {
  const { roots } = await index.look();
  return new Set([...roots.values()].flatMap(({ damaged }) => damaged.map(({ pack }) => pack)));
}

/** A pack of an earlier push that was never entered may have been taken out as garbage in the moment before it was. */
async function requireThere({ files }: PackedPlace, name: string): Promise<void> {
  if ((await files.read(name, { range: { from: 0, to: 1 } })) !== null) return;
  throw new Error(`Cannot count on "${name}" of the remote: a garbage collection took it out while it was entered; push once more`);
}
