import { invariant } from '@tidegate/formats';
import type { EnvironmentConfig, Named } from '../config/index.ts';

/** The environments that a release takes to reach one, the first of them first, it itself last. */
export function pathTo(environments: Named<Pick<EnvironmentConfig, 'after'>>, goal: string): readonly string[] {
  const path: string[] = [];
  for (let name: string | null = goal; name !== null; name = environments[name]?.after ?? null) {
    invariant(!path.includes(name), `environments are in an order, "${name}" does not come after itself`);
    path.unshift(name);
  }
  return path;
}
