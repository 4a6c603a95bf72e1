import { type Digest, digestOfHex, failure } from '@tidegate/formats';
import type { Project } from '../project.ts';
import { listRuns } from '../run/runs.ts';

/** The digests the project's runs have to do with, that start with these digits. @throws TG-CLI-NOT-FOUND when several do */
export async function findDigest(project: Project, name: string): Promise<Digest | null> {
  const digits = name.replace(/^sha256:/, '');
  if (digits.length === 64) return (await project.store.has(digestOfHex(digits))) ? digestOfHex(digits) : null;
  const known = new Set<Digest>();
  for (const run of listRuns(project))
    for (const step of run.steps) for (const artifact of Object.values(step.outputs)) known.add(artifact.digest);
  const found = [...known].filter((digest) => digest.startsWith(`sha256:${digits}`));
  if (found.length > 1)
    throw failure('TG-CLI-NOT-FOUND', `Cannot tell which object "${digits}" is: ${found.length} digests start so`, 'Give more digits');
  return found[0] ?? null;
}
