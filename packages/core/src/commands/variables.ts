import { delimiter, dirname, join } from 'node:path';

export interface StepVariables {
  /** Declared by the step. */
  readonly declared: { readonly [name: string]: string };
  /** The Python the step's commands find first; null when there is none. */
  readonly python: string | null;
  /** R and its library; null when the project names none. */
  readonly r?: { readonly library: string | null; readonly programs: string } | null;
  readonly cpus: number;
  /** GPUs that are its own. Default: none, and then it sees those of the machine. */
  readonly gpus?: readonly string[];
  /** Folder of the step's own, outside its workspace, for what it does not declare. */
  readonly scratch: string;
}

const threadCounts = [
  'OMP_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'MKL_NUM_THREADS',
  'VECLIB_MAXIMUM_THREADS',
  'NUMEXPR_NUM_THREADS',
  'NUMEXPR_MAX_THREADS',
  'POLARS_MAX_THREADS',
  'RAYON_NUM_THREADS',
];

/** PATH of a step that declares none. */
export const systemFolders = ['/usr/local/bin', '/opt/homebrew/bin', '/usr/bin', '/bin'].join(delimiter);

/**
 * The whole environment of a step: a fixed rest, and over it what the step declares. Nothing of the surrounding shell is seen, so
 * nothing undeclared can change a result. PATH has the virtual environment first, then the declared PATH or the system's folders.
 * HOME, TMPDIR and the caches are an empty folder of the step's own: settings and caches in the user's would change results unseen,
 * and two steps at once would write to the same. Threads follow the declared cores: numerical libraries that each take every
 * core are many times slower together. ONNX Runtime's telemetry is off.
 */
export function stepVariables({ declared, python, r = null, cpus, gpus = [], scratch }: StepVariables): {
  readonly [name: string]: string;
} {
  return {
    HOME: scratch,
    TMPDIR: scratch,
    XDG_CACHE_HOME: join(scratch, 'cache'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    PYTHONHASHSEED: '0',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    PYTHONNOUSERSITE: '1',
    ORT_DISABLE_TELEMETRY: '1',
    ...Object.fromEntries(threadCounts.map((name) => [name, String(cpus)])),
    ...(r !== null && r.library !== null && { R_LIBS: r.library, R_LIBS_USER: 'NULL', R_LIBS_SITE: 'NULL' }),
    ...declared,
    ...(gpus.length > 0 && { CUDA_VISIBLE_DEVICES: gpus.join(',') }),
    PATH: [...(python === null ? [] : [dirname(python)]), ...(r === null ? [] : [r.programs]), declared['PATH'] ?? systemFolders].join(
      delimiter,
    ),
  };
}
