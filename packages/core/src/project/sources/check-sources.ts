import { worstVerdict, type Verdict } from '@tidegate/formats';
import type { SourceFinding } from '../../data/index.ts';
import type { Project } from '../project.ts';
import { sourceOfDataset } from './source-of-dataset.ts';

export interface CheckedSource {
  readonly dataset: string;
  readonly kind: string;
  readonly title: string;
  /** The worst of the findings. */
  readonly verdict: Verdict;
  readonly findings: readonly SourceFinding[];
}

/**
 * Looks at sources one after another, without reading them; all of the project when none is named.
 *
 * @throws TG-CLI-NOT-FOUND
 */
export async function checkSources(
  project: Project,
  { datasets, signal }: { readonly datasets: readonly string[]; readonly signal: AbortSignal },
): Promise<readonly CheckedSource[]> {
  const named = datasets.length > 0 ? datasets : Object.keys(project.config.data);
  const checked: CheckedSource[] = [];
  for (const dataset of named) {
    const source = await sourceOfDataset(project, dataset);
    const findings = await source.check({ signal });
    const { kind, title } = source;
    checked.push({ dataset, kind, title, verdict: worstVerdict(findings.map(({ verdict }) => verdict)), findings });
  }
  return checked;
}
