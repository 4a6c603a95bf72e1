import { failure } from '@tidegate/formats';
import { stepVariables } from '../../../commands/index.ts';
import { compileCacheVariables, eachLine, runCommand } from '../../../platform/index.ts';
import type { Project } from '../../project.ts';

export interface CopyToServe {
  /** As the person named what is imported. */
  readonly source: string;
  /** The ONNX file. */
  readonly model: string;
  /** Where to work. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Lets the runtime that will serve the model load it, and say whether rows of columns can be put into its inputs.
 *
 * @throws TG-MODELS-IMPORT with what the runtime says
 */
export async function requireServable(project: Project, { source, model, folder, signal }: CopyToServe): Promise<void> {
  const said: string[] = [];
  const { code } = await runCommand([...project.serving.argv, 'inspect', '--model', model, '--flavor', 'onnx'], {
    cwd: folder,
    variables: stepVariables({ declared: compileCacheVariables(), python: null, cpus: 1, scratch: folder }),
    signal,
    timeoutMs: null,
    onText: (stream, text) => stream === 'stderr' && eachLine(text, (line) => void said.push(line)),
  });
  signal.throwIfAborted();
  if (code === 0) return;
  throw failure(
    'TG-MODELS-IMPORT',
    `Cannot import "${source}": it cannot be served as it is: ${said.slice(-4).join('\n')}`,
    'Export it with a fixed size of every dimension but the first; what turns a text or a picture into its inputs goes into a step before it, or into a Python model with a "predict" function',
  );
}
