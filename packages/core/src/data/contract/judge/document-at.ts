import { resolve } from 'node:path';
import { failure } from '@tidegate/formats';
import { errorOf, readYamlText } from '../../../config/index.ts';
import { capture } from '../../../platform/index.ts';
import { allMistakes, type ContractDocument, readDocument } from '../read-document.ts';

/** The document in a file, or as a revision of Git has it (`REVISION:PATH`, the path relative to the folder). @throws TG-CONFIG-FILE-MISSING, TG-CLI-NOT-FOUND, and every mistake of it */
export async function documentAt(word: string, folder: string): Promise<ContractDocument> {
  const colon = word.indexOf(':');
  const text =
    colon > 0 && !/^[A-Za-z]:[\\/]/.test(word)
      ? await textAtRevision(word.slice(0, colon), word.slice(colon + 1), folder)
      : await readYamlText(resolve(folder, word), word);
  return documentIn({ file: word, text });
}

async function textAtRevision(revision: string, path: string, folder: string): Promise<string> {
  if (!revision.startsWith('-')) {
    const { code, stdout } = await capture(['git', 'show', '--end-of-options', `${revision}:./${path.replace(/^\.\//, '')}`], {
      cwd: folder,
      timeoutMs: 10_000,
    });
    if (code === 0) return stdout;
  }
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find "${path}" at "${revision}": Git has no such file there`,
    'Name a commit, branch or tag, a colon, and a path: main:contracts/flights.odcs.yaml',
  );
}

/** @throws every mistake of the document */
export function documentIn(given: { readonly file: string; readonly text: string }): ContractDocument {
  const { contract, mistakes } = readDocument(given);
  if (contract === null || mistakes.length > 0) throw errorOf(allMistakes(mistakes, []));
  return contract;
}
