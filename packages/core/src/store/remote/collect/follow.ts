import type { Digest } from '@tidegate/formats';
import { readFile } from '../../../platform/index.ts';
import { digestsIn } from '../../collect/digests-in.ts';
import { withView } from '../index/remote-index.ts';
import { getLargePieces } from './recipe-pieces.ts';
import { getObjects } from '../objects/get-objects.ts';
import type { PackedPlace } from '../objects/packed-place.ts';
import type { Abortable } from '../remote-files.ts';

/** Everything that is needed in a remote. */
export interface Live {
  /** Objects, and the first reason for each. */
  readonly objects: ReadonlyMap<Digest, string>;
  /** Pieces of long objects. */
  readonly chunks: ReadonlySet<Digest>;
  /** Records that are needed and cannot be read, so that what they lead to is not known. */
  readonly unread: readonly Digest[];
}

/** Records read between two looks at the index. */
const recordsAtOnce = 2_000;

/** What these objects lead to, as far as the remote has it. A key record leads to nothing, for it says what went in and is kept without it. */
export async function followAll(place: PackedPlace, roots: ReadonlyMap<Digest, string>, options: Abortable): Promise<Live> {
  const objects = new Map(roots);
  const unread: Digest[] = [];
  const chunks = new Set<Digest>();
  let waiting = [...roots.keys()];
  while (waiting.length > 0) {
    options.signal?.throwIfAborted();
    const asked = waiting.slice(0, recordsAtOnce);
    waiting = waiting.slice(recordsAtOnce);
    const found = await withView(place.index, options, (view) => view.objects(asked));
    const large = [...found.values()].filter(({ as }) => as === 'recipe');
    for (const piece of await getLargePieces(place, large, options)) chunks.add(piece);
    const records = [...found.values()].filter(({ isRecord }) => isRecord);
    const named = new Map<Digest, string>();
    const { missing, damaged } = await getObjects(
      place,
      records.map(({ digest }) => digest),
      {
        options,
        receive: async (digest, content) => {
          const text = typeof content === 'string' ? await readFile(content, 'utf8') : Buffer.from(content).toString('utf8');
          if (text.includes('"format":"tidegate.key/') || !text.includes('"format":"tidegate.')) return;
          for (const one of digestsIn(text)) named.set(one, objects.get(digest) ?? '');
        },
      },
    );
    unread.push(...missing, ...damaged);
    for (const [digest, why] of named)
      if (!objects.has(digest)) {
        objects.set(digest, why);
        waiting.push(digest);
      }
  }
  return { objects, chunks, unread };
}
