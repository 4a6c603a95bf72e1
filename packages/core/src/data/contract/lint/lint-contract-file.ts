import { TidegateError } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { readYamlText } from '../../../config/index.ts';
import { badPatterns, hasPatterns } from '../../checks/patterns.ts';
import type { DataContract } from '../data-contract.ts';
import type { Located } from '../read-document.ts';
import { conclude, inspect, type LintedContract } from './lint-contract.ts';
import { lostReferences } from './lost-references.ts';

/** Looks over the data contract in a file, its patterns by the engine and its references into files beside it; `file` is its name in messages. A file that cannot be read is a mistake like others. */
export async function lintContractFile(path: string, file: string): Promise<LintedContract> {
  try {
    const inspected = inspect({ file, text: await readYamlText(path, file) });
    const { promises } = inspected;
    return conclude(inspected, [...(await patternMistakes(promises)), ...(await lostReferences(promises, path))]);
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    return { file, contract: null, mistakes: error.diagnostics, notices: [] };
  }
}

/** The engine is asked, for it is what will use them; most data contracts have none. */
async function patternMistakes(promises: readonly DataContract[]): Promise<readonly Located[]> {
  const having = promises.filter(hasPatterns);
  if (having.length === 0) return [];
  using engine = await openEngine({ threads: 1 });
  const found: Located[] = [];
  for (const one of having) found.push(...(await badPatterns(engine, one)));
  return found;
}
