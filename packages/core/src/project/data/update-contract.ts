import { join } from 'node:path';
import { failure, invariant } from '@tidegate/formats';
import { editYaml } from '../../config/index.ts';
import { type BrokenByData, headLines, parseContract, proposeChanges, type ProposedChange } from '../../data/index.ts';
import { writeFileAtomically } from '../../platform/index.ts';
import type { Project } from '../project.ts';
import { inferDataContract, type InferOptions } from './infer-dataset.ts';

export interface ContractUpdate {
  readonly dataset: string;
  /** Relative to the project. */
  readonly file: string;
  readonly rows: number;
  readonly changes: readonly ProposedChange[];
  /** What the rows do not keep and stays as it is, because a person wrote it. */
  readonly kept: readonly BrokenByData[];
  /** The text of the file with the changes made. */
  readonly text: string;
}

/**
 * How the data contract of a dataset is to change so that it says what its rows say now; writes nothing. Only what inference itself wrote changes, and nothing else in the file.
 *
 * @throws TG-CLI-USAGE when the dataset has no data contract; as {@link inferDataContract}
 */
export async function proposeContractUpdate(project: Project, name: string, options: InferOptions): Promise<ContractUpdate> {
  const { version, inferred, contract } = await inferDataContract(project, name, options);
  if (contract === null)
    throw failure(
      'TG-CLI-USAGE',
      `Cannot update the data contract of data.${name}: it has none`,
      `Make one with "tidegate data infer ${name} --write contracts/${name}.odcs.yaml"`,
    );
  const { changes, kept, edits } = proposeChanges(contract.parsed, inferred, version.checks);
  const edited = changes.length === 0 ? contract.text : withHead(editYaml(contract.text, edits), headLines(inferred));
  const read = parseContract({ file: contract.file, text: edited, dataset: name });
  invariant(read.ok, `The changed data contract can be read: ${read.ok ? '' : (read.failure[0]?.message ?? '')}`);
  return { dataset: name, file: contract.file, rows: version.rows, changes, kept, text: edited };
}

/** Writes the file, whole or not at all. */
export async function writeContractUpdate(project: Project, { file, text }: ContractUpdate): Promise<void> {
  await writeFileAtomically(join(project.root, file), text);
}

/** The comment lines that say what a document was inferred from, as they would be today; left alone where a person changed them. */
function withHead(text: string, lines: readonly string[]): string {
  return lines.reduce((edited, line) => {
    const [begin = ''] = /^# (from|A next version of) /.exec(line) ?? [];
    if (begin === '') return edited;
    return edited.replace(new RegExp(`^${begin}\\d+ rows .*$`, 'm'), () => line);
  }, text);
}
