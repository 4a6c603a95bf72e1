import { dirname, join, resolve } from 'node:path';
import { homedir, readTextIfThere } from '../../platform/index.ts';

export interface DvcSurroundings {
  /** The folder `.dvc`, absolute. */
  readonly own: string;
  /** `process.platform`. */
  readonly system: string;
  /** Environment variables. */
  readonly variables: { readonly [name: string]: string | undefined };
}

/**
 * Where the configuration of DVC says that its cache is, absolute: `dir` of the section `cache`, of its four files the one that counts first, relative to the folder of that
 * file (`dvc/config.py`, `dvc/dirs.py` of DVC 3). Null where none says so.
 */
export async function cacheFolderNamed(surroundings: DvcSurroundings): Promise<string | null> {
  for (const file of configFiles(surroundings)) {
    const named = cacheNamed((await readTextIfThere(file)) ?? '');
    if (named !== null) return resolve(dirname(file), named);
  }
  return null;
}

/** The one that counts first before the others: of the working tree, the repository, the user, the machine. */
function configFiles({ own, system, variables }: DvcSurroundings): readonly string[] {
  const home = variables['HOME'] || homedir();
  const [ofUser, ofMachine] =
    system === 'darwin'
      ? [join(home, 'Library/Application Support'), '/Library/Application Support']
      : [variables['XDG_CONFIG_HOME'] || join(home, '.config'), (variables['XDG_CONFIG_DIRS'] ?? '').split(':')[0] || '/etc/xdg'];
  return [
    join(own, 'config.local'),
    join(own, 'config'),
    join(variables['DVC_GLOBAL_CONFIG_DIR'] || join(ofUser, 'dvc'), 'config'),
    join(variables['DVC_SYSTEM_CONFIG_DIR'] || join(ofMachine, 'dvc'), 'config'),
  ];
}

/** Names count whatever their case; values may stand in quotes, and have a comment behind them (ConfigObj). */
function cacheNamed(text: string): string | null {
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[([^[\]]*)\]\s*(?:#.*)?$/.exec(line)?.[1]?.trim().toLowerCase() ?? section;
    const value = section === 'cache' ? /^\s*(?:dir|"dir"|'dir')\s*=\s*(.*)$/i.exec(line)?.[1] : undefined;
    const named = value === undefined ? '' : unquoted(value);
    if (named !== '') return named;
  }
  return null;
}

function unquoted(value: string): string {
  const [, double, single] = /^(?:"([^"]*)"|'([^']*)')\s*(?:#.*)?$/.exec(value.trim()) ?? [];
  return double ?? single ?? value.replace(/#.*$/, '').trim();
}
