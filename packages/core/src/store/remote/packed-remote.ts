import { canonicalJson, type Digest, failure, type Json, type Zone } from '@tidegate/formats';
import { concurrently, rename } from '../../platform/index.ts';
import { remoteIndex } from './index/remote-index.ts';
import { openMarker } from './marker.ts';
import { getObjects, type NotGot } from './objects/get-objects.ts';
import { missingIn, putObjects } from './objects/put-objects.ts';
import { readRange } from './objects/read-range.ts';
import { requireReadable, requireWritable } from './record-name.ts';
import type { MovingOptions, ReceivedObject, ReceiveObject, Remote } from './remote.ts';
import type { FoundFile, RemoteFiles } from './remote-files.ts';
import { version1 } from './version-1.ts';

/** A longer record is none of ours. */
const longestRecord = 32 << 20;

/** Records read at once: a place far away answers each of them late. */
const readAtOnce = 32;

export interface RemoteParts {
  readonly zone: Zone;
  /** Folder for files on their way, on the file system that they go to. */
  readonly scratch: string;
  /** Folder that keeps what was read of the index; it may serve any number of remotes. Null: it is read anew by each process. */
  readonly cache: string | null;
}

/**
 * A remote made of files, wherever these are. Objects travel in packs and are found through an index; records are files of their own. What
 * the zone may not is refused here; whoever reaches the place without this program is held by the permissions of the place alone. Specification:
 * docs/reference/formats/remote.md.
 */
export function packedRemote(files: RemoteFiles, { zone, scratch, cache }: RemoteParts): Remote {
  const index = remoteIndex(files, { zone, cache });
  const place = { files, index, zone, scratch };
  const marker = openMarker(files, index);

  const missing: Remote['missing'] = async (objects) => {
    const version = await marker.version();
    if (version === null) return objects.map(({ digest }) => digest);
    return version === 1 ? version1.missing(files, objects) : missingIn(place, objects);
  };
  const get = async (digests: Iterable<Digest>, receive: ReceiveObject, options: MovingOptions): Promise<NotGot> => {
    const wanted = [...digests];
    const version = await marker.version();
    if (version === null) return { missing: wanted, damaged: [] };
    return version === 1 ? version1.getObjects(place, wanted, { receive, options }) : getObjects(place, wanted, { receive, options });
  };
  const put: Remote['putObjects'] = async (objects, options) => {
    await marker.prepare();
    return putObjects(place, objects, options);
  };
  const write = async (name: string, record: Json, onlyIf: 'absent' | null): Promise<boolean> => {
    requireWritable(zone, name);
    await marker.prepare();
    return (await files.write(recordFileName(name), Buffer.from(canonicalJson(record)), { onlyIf })).written;
  };

  return {
    address: files.address,
    zone,
    files,
    check: async () => void (await marker.version()),
    missing,
    putObjects: put,
    getObjects: async (digests, receive, options = {}) => {
      const notGot = await get(digests, receive, options);
      return [...notGot.missing, ...notGot.damaged];
    },
    putObject: async (digest, source) => {
      const bytes = typeof source === 'string' ? null : source.byteLength;
      await put([{ digest, bytes, content: async () => source }]);
    },
    getObject: async (digest, path) => {
      let received: ReceivedObject = null;
      const { damaged } = await get(
        [digest],
        async (_, content) => {
          if (typeof content === 'string') await rename(content, path);
          received = typeof content === 'string' ? 'at-path' : content;
        },
        {},
      );
      if (damaged.length > 0) throw corruptThere(digest);
      return received;
    },
    readRange: async (digest, range, { signal } = {}) =>
      (await marker.version()) === 2 ? readRange(place, digest, { range, signal }) : null,
    readRecords: async (names) => {
      for (const name of names) requireReadable(zone, name);
      if ((await marker.version()) === null) return names.map(() => null);
      return concurrently(readAtOnce, names, async (name) => recordIn(await files.read(recordFileName(name))));
    },
    addRecord: (name, record) => write(name, record, 'absent'),
    replaceRecord: async (name, record) => void (await write(name, record, null)),
  };
}

function recordFileName(record: string): string {
  return `records/${record}.json`;
}

/** Null for what is not there, and for what is no record. */
function recordIn(found: FoundFile | null): Json | null {
  if (found === null || found.size > longestRecord) return null;
  try {
    return JSON.parse(Buffer.from(found.bytes).toString('utf8')) as Json;
  } catch {
    return null;
  }
}

function corruptThere(digest: Digest): Error {
  return failure(
    'TG-STORE-OBJECT-CORRUPT',
    `Cannot read object "${digest}": its bytes in the remote have another digest`,
    'Run "tidegate run" to make it again; where that is allowed it counts as missing there from now on',
  );
}
