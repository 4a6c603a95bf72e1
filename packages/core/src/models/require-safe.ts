import { failure, type Flavor } from '@tidegate/formats';
import { readFile } from '../platform/index.ts';
import type { Finding } from './evidence.ts';
import { type FileScan, scanFile, type ScanFinding } from './safety/index.ts';

export interface ModelToScan {
  readonly model: string;
  /** Where the file lies; its last part is its name. */
  readonly path: string;
  readonly flavor: Flavor;
  /** Names that its pickle may use besides those of known libraries. */
  readonly trust: readonly string[];
}

/**
 * Looks through a model file before anything loads it. A Python file with a `predict` function is code of the project as any step is, and there is
 * nothing to look through.
 *
 * @returns null for such a file
 * @throws TG-MODELS-UNSAFE
 */
export async function requireSafe({ model, path, flavor, trust }: ModelToScan): Promise<FileScan | null> {
  if (flavor === 'function') return null;
  const scan = scanFile({ path, bytes: await readFile(path) }, { own: trust });
  if (scan.findings.length > 0) throw unsafe(model, scan.findings);
  return scan;
}

const mostShown = 8;

/** The error that names what is unsafe about a model, and what to do: in tidegate.yaml, or by an option of the command. */
export function unsafe(
  model: string,
  findings: readonly (ScanFinding & { readonly path?: string })[],
  trustedBy: 'file' | 'option' = 'file',
): Error {
  const shown = findings
    .slice(0, mostShown)
    .map(({ path, where, what }) => `  ${path === undefined ? '' : `${path}, `}${where}: it ${what}`);
  const more = findings.length > mostShown ? [`  and ${findings.length - mostShown} more`] : [];
  const names = [...new Set(findings.flatMap(({ name }) => name ?? []))];
  return failure(
    'TG-MODELS-UNSAFE',
    [`Cannot load the model "${model}": its file is not known to be safe`, ...shown, ...more].join('\n'),
    names.length === findings.length
      ? `If you know these to be harmless, ${trustedBy === 'file' ? `write "trust: [${names.slice(0, 3).join(', ')}]" under models.${model}` : `say so: ${names.map((name) => `--trust ${name}`).join(' ')}`}; else export the model as ONNX`
      : 'Export the model again, best as ONNX',
  );
}

/** What the evaluation says of a file that was looked through. */
export function judgeSafety(scan: FileScan | null): readonly Finding[] {
  if (scan === null) return [];
  const reason =
    scan.kind === 'pickle'
      ? 'The pickle was looked through without loading it, and uses nothing but names that are known to be harmless or that the project trusts'
      : 'The model file was looked through without loading it, and refers to nothing outside itself';
  return [{ kind: 'safety', name: 'safety.file', verdict: 'pass', reason, details: { kind: scan.kind, findings: [] } }];
}
