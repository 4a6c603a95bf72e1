import type { PythonChoice, VirtualEnvironments } from './virtual-environments.ts';

/**
 * Asks once for each choice and gives the same answer from then on: the Python of a run is settled at its start, and a thousand steps cost
 * no more questions than one. A question that failed is asked again.
 */
export function askOnce({ identity, ensure }: VirtualEnvironments): VirtualEnvironments {
  const identities = new Map<string, ReturnType<typeof identity>>();
  const pythons = new Map<string, ReturnType<typeof ensure>>();
  return {
    identity: (choice) => remembered(identities, choice, () => identity(choice)),
    ensure: (choice, building) => remembered(pythons, choice, () => ensure(choice, building)),
  };
}

function remembered<T>(answers: Map<string, Promise<T>>, choice: PythonChoice, ask: () => Promise<T>): Promise<T> {
  const question = JSON.stringify([choice.requirements, choice.interpreter]);
  const known = answers.get(question);
  if (known !== undefined) return known;
  const asked = ask();
  answers.set(question, asked);
  asked.catch(() => answers.delete(question));
  return asked;
}
