import { join } from 'node:path';
import { errorOf, readYamlText } from '../../config/index.ts';
import { consumerFiles, type DataContract, parseContract } from '../../data/index.ts';
import type { LiveModel } from '../../monitoring/index.ts';
import { inputPrefixes } from '../monitors/promised-inputs.ts';
import type { Project } from '../project.ts';

/** What one document promises of columns that are inputs of a service. */
export interface ServicePromises {
  readonly file: string;
  readonly contract: DataContract;
  /** What stands before the names of the columns where they are inputs. */
  readonly prefixes: readonly string[];
}

/** Of the data contract of a dataset and of those of its consumers; `only`: of this dataset. @throws TG-CONFIG-FILE-MISSING, every mistake of a document */
export async function servicePromises(project: Project, service: string, only: string | null): Promise<readonly ServicePromises[]> {
  const found: ServicePromises[] = [];
  for (const [dataset, prefixes] of await inputPrefixes(project, service)) {
    if (only !== null && dataset !== only) continue;
    const { contract: own = null, consumers = [] } = project.config.data[dataset] ?? {};
    for (const file of [...(own === null ? [] : [own]), ...(await consumerFiles(project.root, consumers))]) {
      const parsed = parseContract({ file, text: await readYamlText(join(project.root, file), file), dataset });
      if (!parsed.ok) throw errorOf(parsed.failure);
      if (parsed.value.columns.some(({ allowedSkew }) => allowedSkew !== null)) found.push({ file, contract: parsed.value, prefixes });
    }
  }
  return found;
}

/** A column of which something is promised. */
export interface PromisedColumn {
  readonly name: string;
  /** Whether its values must not be shown. */
  readonly personal: boolean;
  readonly allowedSkew: number;
  /** Inputs of the model that come from it. */
  readonly inputs: readonly string[];
}

/** Before anything is live every input that could come from a column counts. */
export function promisedColumns({ contract, prefixes }: ServicePromises, live: LiveModel | null): readonly PromisedColumn[] {
  const known = live === null ? null : new Set(live.version.signature.inputs.map(({ name }) => name));
  return contract.columns.flatMap(({ name, personal, allowedSkew }) => {
    const inputs = prefixes.map((prefix) => `${prefix}${name}`).filter((input) => known === null || known.has(input));
    return allowedSkew === null ? [] : [{ name, personal, allowedSkew, inputs }];
  });
}
