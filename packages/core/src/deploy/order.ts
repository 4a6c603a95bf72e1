import { invariant } from '@tidegate/formats';
import type { EnvironmentConfig, Named } from '../config/index.ts';

type Environments = Named<Pick<EnvironmentConfig, 'after'>>;

/** The environments that a release takes to reach one, the first of them first, it itself last. */
export function pathTo(environments: Environments, goal: string): readonly string[] {
  const path: string[] = [];
  for (let name: string | null = goal; name !== null; name = environments[name]?.after ?? null) {
    invariant(!path.includes(name), `environments are in an order, "${name}" does not come after itself`);
    path.unshift(name);
  }
  return path;
}

/** The end of the path: the longest way through `after`, of several the one named first in the file; null without environments. */
export function lastEnvironment(environments: Environments): string | null {
  const lengths = Object.keys(environments).map((name) => ({ name, length: pathTo(environments, name).length }));
  const longest = Math.max(0, ...lengths.map(({ length }) => length));
  return lengths.find(({ length }) => length === longest)?.name ?? null;
}
