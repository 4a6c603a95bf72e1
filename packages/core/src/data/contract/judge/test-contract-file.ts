import { join } from 'node:path';
import { failure } from '@tidegate/formats';
import { errorOf, readYamlText } from '../../../config/index.ts';
import { rm } from '../../../platform/index.ts';
import { scratchFolder } from '../../scratch-folder.ts';
import type { DataContract } from '../data-contract.ts';
import { promisesOf } from '../parse-contract.ts';
import { allMistakes, type ContractDocument } from '../read-document.ts';
import { documentIn } from './document-at.ts';
import { filesAt } from './files-at.ts';
import { type JudgedContract, judgeFiles } from './judged-contract.ts';
import { serverNamed } from './server-entry.ts';
import { serverFiles } from './server-files.ts';

export interface ContractTestRequest {
  /** Where the data contract lies, and its name in messages. */
  readonly path: string;
  readonly file: string;
  /** Paths, folders and patterns of files; null for a server. */
  readonly data: readonly string[] | null;
  /** A server of the document; null for files. */
  readonly server: string | null;
  /** The object that the data is; null = the only one, or of a server each. */
  readonly object: string | null;
  /** What paths are relative to. */
  readonly folder: string;
  readonly secret: (name: string) => Promise<string | null>;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** Judges files or a server by a data contract, without a project. @throws every mistake of the document; TG-DATA-CONTRACT-SERVER, TG-DATA-CONTRACT-OBJECT; as the step of a dataset */
export async function testContractFile(request: ContractTestRequest): Promise<readonly JudgedContract[]> {
  const { path, file, data, server, now, signal, folder, secret } = request;
  const contract = documentIn({ file, text: await readYamlText(path, file) });
  const objects = chosenObjects(contract, request);
  if (data !== null) {
    const files = await filesAt(folder, data);
    const judged: JudgedContract[] = [];
    for (const promises of objects)
      judged.push(await judgeFiles(promises, files, { data: data.map((one) => `"${one}"`).join(', '), now, signal }));
    return judged;
  }
  if (server === null) throw noData(contract, file);
  const entry = serverNamed(contract.value.servers, server, file);
  const scratch = await scratchFolder();
  try {
    const judged: JudgedContract[] = [];
    for (const [index, promises] of objects.entries()) {
      const object = physicalNameOf(contract, promises);
      const { files, types } = await serverFiles({ server: entry, object, folder, scratch: join(scratch, String(index)), secret, signal });
      judged.push(await judgeFiles(promises, files, { data: `the server "${server}"`, now, server: types, signal }));
    }
    return judged;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The promises of the object of a name, or of all. @throws TG-DATA-CONTRACT-OBJECT where there is none, or several for one set of files; every mistake of them */
export function chosenObjects(
  contract: ContractDocument,
  { object, data }: Pick<ContractTestRequest, 'object' | 'data'>,
): readonly DataContract[] {
  const { file } = contract.document;
  const { schema = [] } = contract.value;
  const indexes = schema.flatMap(({ name, physicalName }, index) =>
    object === null || name === object || physicalName === object ? [index] : [],
  );
  if (indexes.length === 0 || (indexes.length > 1 && data !== null)) {
    const names = schema.map(({ name }) => `"${name}"`).join(', ');
    throw failure(
      'TG-DATA-CONTRACT-OBJECT',
      `Cannot tell which object of "${file}" the data is: it describes ${names === '' ? 'nothing' : names}`,
      names === '' ? 'Add an object under "schema:"' : `Name one with "--object"`,
    );
  }
  return indexes.map((index) => {
    const { promises, mistakes } = promisesOf(contract, index);
    if (mistakes.length > 0) throw errorOf(allMistakes([], mistakes));
    return promises;
  });
}

function physicalNameOf({ value: { schema = [] } }: ContractDocument, { object }: DataContract): string {
  return schema.find(({ name }) => name === object)?.physicalName ?? object;
}

function noData({ value: { servers } }: ContractDocument, file: string): Error {
  const names = Array.isArray(servers)
    ? servers.flatMap((one) => (typeof one === 'object' && one !== null && 'server' in one ? [String(one.server)] : []))
    : [];
  return failure(
    'TG-CLI-USAGE',
    `Cannot test "${file}": nothing says which data`,
    `Name files with "--data"${names.length === 0 ? '' : `, or a server with "--server": ${names.join(', ')}`}`,
  );
}
