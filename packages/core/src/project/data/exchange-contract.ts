import { basename } from 'node:path';
import { readYamlText } from '../../config/index.ts';
import {
  type ContractImport,
  type Exported,
  exportContract,
  type ExportKind,
  type ForeignKind,
  importContract,
  readPandera,
} from '../../data/index.ts';
import type { Project } from '../project.ts';
import { type ExecOptions, pythonOf } from '../run/exec.ts';

export interface ImportRequest {
  /** Path of the file. */
  readonly path: string;
  /** Its name in messages; `schema.py:Schema` for a Pandera schema. */
  readonly file: string;
  /** Null to tell it by what the file holds. */
  readonly from: ForeignKind | null;
  /** Name of the dataset; null for the file's own without its endings. */
  readonly name: string | null;
}

/**
 * A data contract made of a file of another tool.
 * @throws TG-DATA-CONTRACT-FOREIGN, TG-CONFIG-FILE-MISSING
 */
export async function importContractFile({ path, file, from, name }: ImportRequest): Promise<ContractImport> {
  return importContract({ file, text: await readYamlText(path, file), from, name: name ?? ownName(file) });
}

/** As {@link importContractFile}, of a schema in a Python file, by the Python of the project; without a project by the one on PATH. */
export async function importPanderaSchema(
  project: Project | null,
  { path, file, schema, name }: Omit<ImportRequest, 'from'> & { readonly schema: string },
  options: ExecOptions,
): Promise<ContractImport> {
  const python = project === null ? 'python3' : await pythonOf(project, options);
  const text = await readPandera({ python, path, file, name: schema });
  return importContract({ file: `${file}:${schema}`, text, from: 'pandera', name: name ?? ownName(file) });
}

/** `checks/flights.suite.json` → `flights`. */
function ownName(file: string): string {
  return basename(file).split('.')[0] ?? file;
}

/** A data contract in a file as a document of another tool; `object` names the one that counts when it describes several. */
export async function exportContractFile(
  { path, file, object }: { readonly path: string; readonly file: string; readonly object: string | null },
  to: ExportKind,
): Promise<Exported> {
  return exportContract({ file, text: await readYamlText(path, file), dataset: object ?? ownName(file) }, to);
}
