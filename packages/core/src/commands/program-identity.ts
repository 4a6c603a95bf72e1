import { join } from 'node:path';
import { canonicalJson, type JsonObject, shape } from '@tidegate/formats';
import { capture, digestOfBytes, digestOfFile, open, type Platform, realpath } from '../platform/index.ts';
import { findProgram } from './find-program.ts';
import { pythonCommand } from '../config/index.ts';
import { rememberedAnswer } from './remembered-answer.ts';

export interface Programs {
  /**
   * What the program that a command starts is, as far as it is none of the project: `{ program, version }` of an interpreter that tells
   * its version, `{ program, digest }` of any other. For a script of the project with `#!`, what it names there. Null for Python, which
   * has an identity of its own, and for what is not found: starting it tells so.
   */
  readonly identity: (argv: readonly string[], path: string) => Promise<JsonObject | null>;
}

export interface ProgramsPlace {
  /** Folder where answers are remembered. */
  readonly memory: string;
  readonly platform: Platform;
  /** The user's tree. */
  readonly root: string;
}

/** Programs by which results differ with their version and with nothing else of their bytes, and the argument that asks for it. */
const tellVersion = new Map(
  ['Rscript', 'R', 'julia', 'node', 'deno', 'bun', 'perl', 'ruby', 'php', 'java', 'bash', 'zsh', 'octave', 'duckdb', 'sqlite3'].map(
    (name) => [name, '--version'],
  ),
);

/** Each program is asked once; a program that has changed on the disk is another one in the next process. */
export function openPrograms(place: ProgramsPlace): Programs {
  const known = new Map<string, Promise<JsonObject | null>>();
  return {
    identity: (argv, path) => {
      const question = canonicalJson([argv[0] ?? '', path]);
      const answer = known.get(question) ?? identityOf(argv[0] ?? '', path, place);
      known.set(question, answer);
      return answer;
    },
  };
}

async function identityOf(word: string, path: string, { memory, platform, root }: ProgramsPlace): Promise<JsonObject | null> {
  const isOfProject = word.includes('/') && !word.startsWith('/');
  const name = isOfProject ? await namedByScript(join(root, word)) : word;
  if (name === null || pythonCommand([name.slice(name.lastIndexOf('/') + 1)]).isPython) return null;
  const found = await findProgram(name, { ...platform, variables: { PATH: path } });
  if (found === null) return null;
  const program = name.slice(name.lastIndexOf('/') + 1);
  const file = await realpath(found);
  return rememberedAnswer({
    memory: join(memory, `program-${digestOfBytes(canonicalJson([program, found])).slice(7, 23)}.json`),
    shape: identityShape,
    ask: async () => ({ value: await ask(program, found), files: [found, file] }),
  });
}

const identityShape: shape.Shape<JsonObject> = shape.record(shape.text());

async function ask(program: string, file: string): Promise<JsonObject> {
  const argument = tellVersion.get(program);
  if (argument === undefined) return { program, digest: await digestOfFile(file) };
  const { code, stdout, stderr } = await capture([file, argument], { cwd: '/', variables: { LANG: 'C.UTF-8' }, timeoutMs: 20_000 });
  const [version = ''] = (stdout === '' ? stderr : stdout).split('\n');
  return code === 0 && version !== '' ? { program, version: version.slice(0, 200) } : { program, digest: await digestOfFile(file) };
}

/** `#!/usr/bin/env -S Rscript --vanilla` → `Rscript`; null when the file is no script or is not there. */
async function namedByScript(file: string): Promise<string | null> {
  const words = (await firstLine(file))?.replace(/^#!\s*/, '').split(/\s+/) ?? [];
  const [interpreter = '', ...rest] = words;
  if (!interpreter.startsWith('/')) return null;
  if (!interpreter.endsWith('/env')) return interpreter;
  return rest.find((word) => !word.startsWith('-') && !word.includes('=')) ?? null;
}

async function firstLine(file: string): Promise<string | null> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return null;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    const text = buffer.subarray(0, bytesRead).toString('latin1');
    return text.startsWith('#!') ? (text.split('\n')[0]?.trim() ?? null) : null;
  } catch {
    return null; // a folder
  } finally {
    await handle.close();
  }
}
