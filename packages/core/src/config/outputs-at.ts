/** An output by its step. */
export interface NamedOutput {
  readonly step: string;
  readonly output: string;
}

interface StepOutputs {
  readonly out?: { readonly [output: string]: string | undefined } | undefined;
}

/** Finds the outputs that a path is, lies in or lies around, so that who reads the path reads them. */
export function outputsAt(steps: { readonly [step: string]: StepOutputs | undefined }): (path: string) => readonly NamedOutput[] {
  const at = new Map<string, NamedOutput[]>();
  const around = new Map<string, NamedOutput[]>();
  for (const [step, member] of Object.entries(steps))
    for (const [output, place] of Object.entries(member?.out ?? {})) {
      if (place === undefined) continue;
      add(at, place, { step, output });
      for (const folder of foldersAbove(place)) add(around, folder, { step, output });
    }
  return (path) => [...(around.get(path) ?? []), ...[path, ...foldersAbove(path)].flatMap((place) => at.get(place) ?? [])];
}

/** `a/b/c` lies in `a` and `a/b`. */
export function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}

function add(outputs: Map<string, NamedOutput[]>, place: string, output: NamedOutput): void {
  const known = outputs.get(place);
  if (known === undefined) outputs.set(place, [output]);
  else known.push(output);
}
