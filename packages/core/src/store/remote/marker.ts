import { canonicalJson, type Digest, digestOfHex, failure } from '@tidegate/formats';
import type { RemoteIndex } from './index/remote-index.ts';
import type { Placed } from './index/placed.ts';
import { markerName, type RemoteFiles } from './remote-files.ts';

const versions = { 'tidegate.remote/1': 1, 'tidegate.remote/2': 2 } as const;

export interface Marker {
  /** The version of the remote's layout; null while nobody has written to it. @throws TG-STORE-REMOTE for one that this Tidegate does not read */
  readonly version: () => Promise<1 | 2 | null>;
  /** Makes the place a remote of this version, whatever it is so far. */
  readonly prepare: () => Promise<void>;
}

/** What the file says that makes a place a remote. It is read once, and again as long as there is none. */
export function openMarker(files: RemoteFiles, index: RemoteIndex): Marker {
  let known: 1 | 2 | null = null;
  const look = async (): Promise<{ readonly version: 1 | 2; readonly tag: string } | null> => {
    const found = await files.read(markerName);
    if (found === null) {
      await files.check();
      return null;
    }
    const version = versionIn(found.bytes);
    if (version !== null) return { version, tag: found.tag };
    throw failure(
      'TG-STORE-REMOTE',
      `Cannot use "${files.address}" as a remote: its "${markerName}" is of another version of Tidegate`,
      'Install the newest Tidegate: npm install -g tidegate@latest',
    );
  };
  const version = async (): Promise<1 | 2 | null> => (known ??= (await look())?.version ?? null);
  return {
    version,
    prepare: async () => {
      if (known === 2) return;
      const found = await look();
      if (found?.version === 1) await indexFiles(files, index);
      if (found?.version !== 2) {
        const onlyIf = found === null ? 'absent' : { tag: found.tag };
        await files.write(markerName, Buffer.from(canonicalJson({ format: 'tidegate.remote/2' })), { onlyIf });
      }
      known = 2;
    },
  };
}

function versionIn(bytes: Uint8Array): 1 | 2 | null {
  for (const [format, version] of Object.entries(versions))
    if (Buffer.from(bytes).toString('utf8') === canonicalJson({ format })) return version;
  return null;
}

/** Enters the objects of a remote of version 1, where each is a file of its own, into the index. It is the one time that anything is listed. */
async function indexFiles(files: RemoteFiles, index: RemoteIndex): Promise<void> {
  const objects: Placed[] = [];
  for await (const { name, size } of files.list('objects/')) {
    const digest = digestIn(name);
    if (digest !== null)
      objects.push({ digest, as: 'file', pack: digest, offset: 0, stored: 0, bytes: size, codec: 'raw', isRecord: size <= longestRecord });
  }
  await index.publish({ objects, chunks: [] });
}

/** Whether a file of version 1 is a record nobody noted: any that is short may be one. */
const longestRecord = 1 << 20;

function digestIn(name: string): Digest | null {
  const [, first = '', rest = ''] = /^objects\/([0-9a-f]{2})\/([0-9a-f]{62})$/.exec(name) ?? [];
  return first === '' ? null : digestOfHex(first + rest);
}
