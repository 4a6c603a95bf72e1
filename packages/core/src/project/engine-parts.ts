import { join } from 'node:path';
import type { DatasetVersion, FeatureSetRecord, TestCase } from '@tidegate/formats';
import { featureReader, openEngine, openSqliteOnlineStore } from '@tidegate/runtime';
import {
  askOnce,
  collectKind,
  commandKind,
  goldenKind,
  openPrograms,
  openRLibraries,
  openVirtualEnvironments,
  tableTestsKind,
  testCommandKind,
} from '../commands/index.ts';
import { anomaliesKind, consumersKind, datasetChecksKind, datasetKind, readVersion } from '../data/index.ts';
import { trialKind, type TrialFeatures } from '../deploy/index.ts';
import { compareOnline, featureCasesKind, featureKind, loadDefinitions } from '../features/index.ts';
import { type EvaluateDeps, evaluateKind, evaluationDigest } from '../models/index.ts';
import { referenceKind } from '../monitoring/index.ts';
import { releaseKind } from '../packaging/index.ts';
import type { EngineParts, StepContext } from '../pipeline/index.ts';
import { openSecrets } from '../secrets/index.ts';
import { historyOf } from './anomalies/dataset-anomalies.ts';
import { championsOf } from './models/champions-of.ts';
import { championTestSet } from './models/champion-test-set.ts';
import { staleTestSet } from './models/stale-test-set.ts';
import { deployDeps } from './deploy/deploy-deps.ts';
import { forgottenRowsOf } from './forget/row-hashing.ts';
import { knownVersion, versionsBefore } from './checks/versions-before.ts';
import { pythonFunctions } from './checks/python-functions.ts';
import { formerProfiles, formerTables } from './data/readings/former-tables.ts';
import { fillOnlineStore } from './features/fill-online-store.ts';
import { sampleKind } from './sample/sample-kind.ts';
import { projectNodes } from './nodes.ts';
import { openProject } from './open-project.ts';
import { placeOfInput } from './place-of-input.ts';
import type { Project } from './project.ts';

/** The pipeline's parts for this project: every kind of step, wired to what it works with. */
export function engineParts(project: Project): EngineParts {
  const { name, root, config, source, home, store, remote, zone, state, platform, serving } = project;
  const virtualEnvironments = askOnce(openVirtualEnvironments({ folder: home.virtualEnvironments, platform, root }));
  const { requirements, interpreter } = config.python;
  const commands = {
    virtualEnvironments,
    libraries: openRLibraries({ folder: home.virtualEnvironments, platform }),
    r: config.r && { ...config.r, lock: config.r.lock === null ? null : join(root, config.r.lock) },
    programs: openPrograms({ memory: home.virtualEnvironments, platform, root }),
    python: { requirements: requirements === null ? null : join(root, requirements), interpreter },
    root,
  };
  const datasets = Object.keys(config.data);
  const deploy = deployDeps(project);
  const champions = championsOf(project);
  const evaluationOf: EvaluateDeps['evaluationOf'] = project.recorded?.evaluationOf ?? ((evaluated) => evaluationDigest(state, evaluated));
  return {
    store,
    remote,
    zone,
    state,
    home,
    platform,
    secrets: openSecrets({ home, platform, root }),
    placeOfInput: (step, pattern) => placeOfInput(source, step, pattern),
    pools: config.pools,
    project: { name, root },
    kinds: [
      datasetKind({
        openEngine,
        root,
        formerTables: (dataset) => formerTables(project, dataset),
        formerParts: (dataset) => formerProfiles(project, dataset),
        forgottenRows: (dataset) => forgottenRowsOf(project, dataset),
      }),
      datasetChecksKind({
        formerVersions: (dataset, present, most) => versionsBefore(project, dataset, present, most),
        versionNamed: (dataset, word) => knownVersion(project, dataset, word),
        python: pythonFunctions(commands),
      }),
      consumersKind(),
      anomaliesKind({ historyOf: (dataset, version) => historyOf(project, dataset, version) }),
      featureKind({ datasets }),
      featureCasesKind({ datasets }),
      commandKind(commands),
      collectKind,
      tableTestsKind(commands),
      goldenKind(commands),
      testCommandKind({ ...commands, clock: platform.clock }),
      sampleKind({ open: (place) => openForSample(project, place), nodesOf: (opened) => projectNodes(opened, {}), partsOf: engineParts }),
      evaluateKind({
        serving,
        state,
        champions,
        evaluationOf,
        virtualEnvironments,
        championTestSet: championTestSet(project),
        staleTestSet: staleTestSet(project),
      }),
      referenceKind({ state }),
      releaseKind({ runtimeVersion: serving.version }),
      trialKind({ ...deploy, serving, champions, fillOnlineStore: fillTrialStore }),
    ],
  };
}

/** Virtual environments are those of the project: a sample needs no other packages. */
function openForSample(
  { platform, serving, home, zone }: Project,
  place: { readonly root: string; readonly home: string },
): Promise<Project> {
  const places = { TIDEGATE_HOME: place.home, TIDEGATE_VIRTUAL_ENVIRONMENTS: home.virtualEnvironments, TIDEGATE_REMOTE: undefined };
  return openProject({ root: place.root, platform: { ...platform, variables: { ...platform.variables, ...places } }, serving, zone });
}

/** The newest features of the versions that the release was made from, for its trial alone, compared with what training computes. */
async function fillTrialStore({ definitions, record, file, context }: TrialFeatures): Promise<readonly TestCase[]> {
  const { store, signal, platform } = context;
  const { name } = record.service;
  const definition = await loadDefinitions(store, definitions);
  const datasets = await datasetsOf(record, context);
  const atMs = platform.clock.now();
  await fillOnlineStore({ store, file, services: { [name]: definition }, datasets, atMs, signal });
  context.progress('comparing features with those of training', null);
  const online = openSqliteOnlineStore(file);
  try {
    const reader = featureReader(online, record.service);
    return await compareOnline({ store, name, definition, datasets, reader, atMs, folder: `${file}.compared`, signal });
  } finally {
    online.close();
  }
}

async function datasetsOf(record: FeatureSetRecord, { store }: StepContext): Promise<readonly DatasetVersion[]> {
  return Promise.all(Object.values(record.datasets).map((digest) => readVersion(store, { digest })));
}
