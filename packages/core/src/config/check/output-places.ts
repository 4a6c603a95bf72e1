import type { shape } from '@tidegate/formats';
import { outputsOfStep } from '../fan-out/collected.ts';
import { foldersAbove } from '../outputs-at.ts';
import { membersOf, type ProjectDraft } from './draft.ts';

export interface OutputPlaces {
  /** Path of an output and the name it has in `in:`, e.g. `steps.train/model`. */
  readonly places: ReadonlyMap<string, string>;
  /** Outputs that lie where something else lies, in it or around it. */
  readonly conflicts: readonly { readonly path: shape.Path; readonly place: string; readonly holder: string }[];
}

const reserved = ['tidegate.yaml', 'tidegate.lock', '.git', 'build/features', 'build/quarantine'];

/** Where the outputs of all steps lie, and which of them get in one another's way. */
export function outputPlaces(draft: ProjectDraft): OutputPlaces {
  const places = new Map<string, string>();
  const taken = new Map(reserved.map((place) => [place, 'Tidegate or Git']));
  const around = new Map(reserved.flatMap((place) => foldersAbove(place).map((folder) => [folder, 'Tidegate or Git'])));
  const conflicts: OutputPlaces['conflicts'][number][] = [];
  for (const [name, step] of membersOf(draft.steps))
    for (const [output, place] of membersOf(step === undefined ? undefined : outputsOfStep(name, step))) {
      if (place === undefined) continue;
      const holder = holderOf(place, taken) ?? around.get(place) ?? null;
      if (holder !== null) conflicts.push({ path: ['steps', name, 'out', output], place, holder });
      else {
        const owner = `the output "${output}" of "steps.${name}"`;
        taken.set(place, owner);
        for (const folder of foldersAbove(place)) around.set(folder, owner);
        places.set(place, `steps.${name}/${output}`);
      }
    }
  return { places, conflicts };
}

/** What holds the path or a folder above it. */
export function holderOf(path: string, places: ReadonlyMap<string, string>): string | null {
  for (const candidate of [path, ...foldersAbove(path)]) {
    const holder = places.get(candidate);
    if (holder !== undefined) return holder;
  }
  return null;
}
