import { parseOptions } from '../arguments.ts';
import { superviseFolder } from './supervise-folder.ts';

/** `supervise --state DIR`: supervises one service in one environment. @throws TG-SERVING-ARGUMENTS, Error when DIR has a supervisor already */
export async function supervise(argv: readonly string[]): Promise<void> {
  const { state } = parseOptions(argv, { command: 'supervise', required: ['state'], optional: [] });
  await superviseFolder(state);
}
