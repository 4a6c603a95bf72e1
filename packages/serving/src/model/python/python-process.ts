import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { failure, type Json, type LogicalType, type Task } from '@tidegate/formats';
import { modelDown } from '../model-connection.ts';
import { readFrames, writeFrame } from './frames.ts';

export interface PythonTask {
  readonly file: string;
  readonly flavor: 'pickle' | 'function';
  /** Null when it is not known yet, to ask the model. */
  readonly task: Task | null;
  readonly columns: readonly { readonly name: string; readonly type: LogicalType }[];
}

/** The interpreter, and what stands before it on the command line: a sandbox. */
export interface PythonCommand {
  readonly python: string;
  /** `{script}` in it is the path of the program that Python is given. Default: nothing stands before it. */
  readonly launcher?: readonly string[];
}

/** What a model says of itself. */
export interface PythonDescription {
  readonly inputs: readonly string[] | null;
  readonly task: Task | null;
  readonly classes: readonly string[] | null;
}

/** A process of the user's Python with one model in it; answers one message after another. */
export interface PythonProcess {
  readonly description: PythonDescription;
  /** @throws TG-SERVING-MODEL-DOWN when the process ended. */
  readonly ask: (message: Json) => Promise<unknown>;
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
}

/** Standard library only, so that it runs in any virtual environment. */
const script = fileURLToPath(new URL('../../../python/worker.py', import.meta.url));

/**
 * Starts the interpreter and loads the model in it.
 * @throws TG-SERVING-MODEL when Python cannot be started or the model cannot be loaded; what Python said is in the message.
 */
export async function startPython({ python, launcher = [] }: PythonCommand, task: PythonTask): Promise<PythonProcess> {
  const before = launcher.map((part) => part.replaceAll('{script}', script));
  const [program, ...rest] = [...before, python, script, JSON.stringify(task)];
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'inherit'], env: variablesOf(process.env) });
  const waiting: { readonly resolve: (message: unknown) => void; readonly reject: (error: Error) => void }[] = [];
  const fail = (found: string): void => {
    for (const { reject } of waiting.splice(0)) reject(modelDown(found));
  };
  const ended = endOf(child, fail);
  readFrames(child.stdout, (message) => waiting.shift()?.resolve(message));
  child.stdin.on('error', () => {}); // a dead process is reported by its end
  const next = (): Promise<unknown> => new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  const description = await describe(next(), python, task.file);
  return {
    description,
    ended,
    ask: (message) => {
      const answer = next();
      writeFrame(child.stdin, message);
      if (child.exitCode !== null || child.signalCode !== null) fail('its process has ended');
      return answer;
    },
    close: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Nothing phones home, nothing is written beside the user's packages, and threads do not fight over the cores. */
function variablesOf(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { OMP_NUM_THREADS: '1', ...variables, ORT_DISABLE_TELEMETRY: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' };
}

function endOf(child: ChildProcess, fail: (found: string) => void): Promise<void> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      fail(error.message);
      resolve();
    });
    child.once('exit', (code, signal) => {
      fail(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`);
      resolve();
    });
  });
}

async function describe(hello: Promise<unknown>, python: string, file: string): Promise<PythonDescription> {
  const message = await hello.catch((error: Error) => {
    throw failure(
      'TG-SERVING-MODEL',
      `Cannot start "${python}": ${error.message}`,
      'Give the Python of the virtual environment with "--python EXE"',
      error,
    );
  });
  const { error, ...description } = message as PythonDescription & { readonly error?: string };
  if (error !== undefined) throw failure('TG-SERVING-MODEL', `Cannot load the model "${file}": ${error}`, hintFor(error));
  return description;
}

function hintFor(error: string): string | null {
  const module = /No module named '([^']+)'/.exec(error)?.[1];
  if (module !== undefined) return `Add "${module}" to the requirements of the project, or do not use it in the pickled model`;
  if (/Can't get attribute/.test(error)) return 'Define the class in a package of the virtual environment, not in the training script';
  return null;
}
