import { delimiter, dirname, join } from 'node:path';

export interface StepVariables {
  /** Declared by the step. */
  readonly declared: { readonly [name: string]: string };
  /** The Python the step's commands find first; null when it uses none. */
  readonly python: string | null;
  readonly cpus: number;
  /** Folder of the step's own, outside its workspace, for what it does not declare. */
  readonly scratch: string;
}

const threadCounts = [
  'OMP_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'MKL_NUM_THREADS',
  'NUMEXPR_MAX_THREADS',
  'POLARS_MAX_THREADS',
  'RAYON_NUM_THREADS',
];

/**
 * The whole environment of a step: what it declares and a fixed rest; nothing of the surrounding shell is seen, so nothing
 * undeclared can change a result. HOME is an empty folder of the step's own: settings and caches in the user's would. Threads follow
 * the declared cores: numerical libraries that each take every core are many times slower together. The telemetry of
 * ONNX Runtime is off.
 */
export function stepVariables({ declared, python, cpus, scratch }: StepVariables): { readonly [name: string]: string } {
  const system = ['/usr/local/bin', '/usr/bin', '/bin'];
  return {
    PATH: [...(python === null ? [] : [dirname(python)]), ...system].join(delimiter),
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
    ...declared,
  };
}

/** Whether a command needs the project's Python, and how it is called then. */
export function resolvePython(argv: readonly string[]): {
  readonly usesPython: boolean;
  readonly argv: (python: string) => readonly string[];
} {
  const [program = '', ...rest] = argv;
  if (/^python(3(\.\d+)?)?$/.test(program)) return { usesPython: true, argv: (python) => [python, ...rest] };
  if (program === 'pytest') return { usesPython: true, argv: (python) => [python, '-m', 'pytest', ...rest] };
  return { usesPython: false, argv: () => argv };
}
