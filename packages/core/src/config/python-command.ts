/** How a command calls Python. */
export interface PythonCommand {
  /** Whether its program is Python itself or pytest; any other may still call it, as a script does. */
  readonly isPython: boolean;
  /** Whether it runs pytest. */
  readonly isPytest: boolean;
  /** The version that the program's name asks for, e.g. `3.11`; null for none. */
  readonly version: string | null;
  /** The command with the project's Python as program. */
  readonly withPython: (python: string) => readonly string[];
}

export function pythonCommand(argv: readonly string[]): PythonCommand {
  const [program = '', ...rest] = argv;
  if (program === 'pytest')
    return { isPython: true, isPytest: true, version: null, withPython: (python) => [python, '-m', 'pytest', ...rest] };
  const name = /^python(?:3(?:\.(\d+))?)?$/.exec(program);
  if (name === null) return { isPython: false, isPytest: false, version: null, withPython: () => argv };
  return {
    isPython: true,
    isPytest: rest[0] === '-m' && rest[1] === 'pytest',
    version: name[1] === undefined ? null : `3.${name[1]}`,
    withPython: (python) => [python, ...rest],
  };
}
