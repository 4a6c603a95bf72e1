import { TidegateError } from '@tidegate/formats';
import { readYamlText } from '../../../config/index.ts';
import { type LintedContract, lintContract } from './lint-contract.ts';

/** Looks over the data contract in a file; `file` is its name in messages. A file that cannot be read is a mistake like others. */
export async function lintContractFile(path: string, file: string): Promise<LintedContract> {
  try {
    return lintContract({ file, text: await readYamlText(path, file) });
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    return { file, contract: null, mistakes: error.diagnostics, notices: [] };
  }
}
