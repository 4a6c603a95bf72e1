import { type Digest, digest, type Json, type RunRecord } from '@tidegate/formats';
import { readRelease } from '../../packaging/index.ts';
import { findKeyRecord } from '../../pipeline/index.ts';
import { championsOf } from '../models/champions-of.ts';
import type { Project, RecordedAnswers } from '../project.ts';

/** What the evaluation of one model was held against. */
interface Recorded {
  /** Null when there was no champion. */
  readonly champion: { readonly release: Digest; readonly modelVersion: Digest } | null;
  /** The evaluation of the champion whose numbers were carried; null when none was, or none was kept. */
  readonly carried: Digest | null;
}

/**
 * What a run was judged against, as the key records of its evaluations have it: nothing that was deployed, evaluated or taken out of the cache since has a
 * say. A model whose record is no longer in the store is answered for by the history.
 */
export async function recordedAnswers(
  project: Pick<Project, 'config' | 'state' | 'store' | 'elsewhere'>,
  run: Pick<RunRecord, 'steps'>,
): Promise<RecordedAnswers> {
  const recorded = new Map<string, Recorded>();
  for (const { kind, key } of run.steps) {
    const record = kind === 'evaluate' && key !== null ? await findKeyRecord(project, key) : null;
    if (record !== null) recorded.set(String(record.settings['model']), recordedOf(record.facts));
  }
  const history = championsOf(project);
  const championOf = async (model: string) => {
    const release = recorded.get(model)?.champion?.release ?? null;
    return release === null ? null : { release, manifest: await readRelease(project.store, release) };
  };
  return {
    champions: {
      champion: async (asked) => (recorded.has(asked.model) ? championOf(asked.model) : history.champion(asked)),
      possible: async (asked) => {
        if (!recorded.has(asked.model)) return history.possible(asked);
        const champion = await championOf(asked.model);
        return champion === null ? [] : [champion];
      },
    },
    evaluationOf: ({ model }) => recorded.get(model)?.carried ?? null,
  };
}

function recordedOf(facts: { readonly [name: string]: Json }): Recorded {
  const { champion, carried } = facts;
  const isThere = typeof champion === 'object' && champion !== null && 'release' in champion && 'modelVersion' in champion;
  return {
    champion: isThere ? { release: digest(String(champion.release)), modelVersion: digest(String(champion.modelVersion)) } : null,
    carried: typeof carried === 'string' ? digest(carried) : null,
  };
}
