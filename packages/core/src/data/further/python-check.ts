/** What a Python function is asked. */
export interface PythonRequest {
  /** Name of the check, for messages. */
  readonly check: string;
  /** File of the project, and the function in it. */
  readonly file: string;
  readonly function: string;
  /** SQL of the rows. */
  readonly rows: string;
  /** Columns that it is given, in their order. */
  readonly columns: readonly string[];
  /** Whether some of them are of persons, so that nothing that it says is shown. */
  readonly isPersonal: boolean;
  readonly timeoutMs: number;
  /** What the function with all that it starts may take. */
  readonly memoryBytes: number;
}

export interface PythonAnswer {
  /** How many rows break the promise. */
  readonly failing: number;
  /** Places of the first of them among all rows, from 0; none when it only counted. */
  readonly rows: readonly number[];
  /** The most that it took; null where that cannot be told. */
  readonly peakBytes: number | null;
}

/** Asks a Python function. @throws TG-DATA-PYTHON-CHECK */
export type PythonCheck = (request: PythonRequest) => Promise<PythonAnswer>;
