import { shape } from '@tidegate/formats';
import { digestOfBytes } from '../../../platform/index.ts';
import type { Abortable, RemoteFiles } from '../remote-files.ts';

/** What an erasure is about to take out, so that another one can do it when this one is killed. Specification: docs/reference/formats/remote.md. */
interface ErasureNote {
  readonly format: 'tidegate.remote-erasure/1';
  readonly files: readonly string[];
}

const noteShape = shape.object({
  format: shape.required(shape.oneOf(['tidegate.remote-erasure/1'])),
  files: shape.required(shape.list(shape.text({ pattern: /^(packs|objects)\/[a-z0-9/]+$/ }))),
});

const prefix = 'erasing/';

/** Keeps what is to be taken out. @returns the name of the note, which goes when that is done */
export async function noteErasure(files: RemoteFiles, names: readonly string[], { signal }: Abortable): Promise<string> {
  const note: ErasureNote = { format: 'tidegate.remote-erasure/1', files: names.toSorted() };
  const text = JSON.stringify(note);
  const name = `${prefix}${digestOfBytes(text).slice('sha256:'.length)}.json`;
  await files.write(name, Buffer.from(text), { signal });
  return name;
}

export interface FinishErasures extends Abortable {
  /** Whether something needs a file still: then it stays. */
  readonly isNamed: (name: string) => boolean;
}

/** Takes out what notes say that is still there. @returns how many files were to go */
export async function finishErasures(files: RemoteFiles, { isNamed, signal }: FinishErasures): Promise<number> {
  const notes: string[] = [];
  for await (const { name } of files.list(prefix, { signal })) notes.push(name);
  let count = 0;
  for (const name of notes) {
    const going = namesIn((await files.read(name, { signal }))?.bytes ?? null).filter((one) => !isNamed(one));
    count += going.length;
    await files.remove(going, { signal, everyVersion: true });
    await files.remove([name], { signal });
  }
  return count;
}

/** None for what is no note. */
function namesIn(bytes: Uint8Array | null): readonly string[] {
  if (bytes === null) return [];
  try {
    const parsed = shape.parse(noteShape, JSON.parse(Buffer.from(bytes).toString('utf8')));
    return parsed.ok ? parsed.value.files : [];
  } catch {
    return [];
  }
}
