import { type Artifact, digestOfHex, type ModelVersion, type ProfilePart, stepName } from '@tidegate/formats';
import type { StepInput, StepNode } from '../pipeline/index.ts';
import { type StepKindSituation, stepKindConformance } from '../pipeline/step-kind.conformance.ts';
import { releaseKind } from './release-kind.ts';

/** Read from the store only: nothing is placed. */
const outputOf = (step: string, output: string): StepInput => ({ from: 'step', step: stepName(step), output, place: null });

const node: StepNode = {
  name: stepName('services.prices'),
  kind: 'release',
  inputs: [
    outputOf('models.price', 'version'),
    outputOf('models.price', 'evaluation'),
    outputOf('steps.train', 'model'),
    outputOf('references.prices', 'profile'),
    { from: 'project', pattern: 'requirements.txt', required: true },
  ],
  outputs: ['manifest', 'folder'].map((name) => ({ name, path: null, publish: false })),
  settings: {
    project: 'shop',
    service: 'prices',
    model: 'price',
    artifact: 'steps.train/model',
    features: null,
    python: { requirements: 'requirements.txt', interpreter: 'python3' },
  },
  variables: {},
  cpus: 1,
};

/** The release of a model file with this content; `spoilt` is what lies in the place of the record of the model. */
function situation(weights: string, spoilt?: unknown): StepKindSituation {
  return {
    node,
    files: { 'requirements.txt': 'scikit-learn==1.7.2\n' },
    artifacts: async (store) => {
      const model: Artifact = { kind: 'file', files: 1, ...(await store.putBytes(weights)) };
      const version: ModelVersion = {
        format: 'tidegate.model-version/1',
        model: 'price',
        artifact: model.digest,
        bytes: model.bytes,
        flavor: 'pickle',
        file: 'price.pkl',
        signature: { task: 'regression', inputs: [{ name: 'size', type: 'number' }], classes: [] },
        trainedBy: digestOfHex('2'.repeat(64)),
        trainedOn: null,
      };
      return {
        'models.price/version': { kind: 'file', files: 1, ...(await store.putJson(spoilt ?? version)) },
        'models.price/evaluation': { kind: 'file', files: 1, ...(await store.putJson({ verdict: 'pass' })) },
        'steps.train/model': model,
        'references.prices/profile': { kind: 'file', files: 1, ...(await store.putJson(profile)) },
      };
    },
  };
}

const profile: ProfilePart = { format: 'tidegate.profile-part/1', hash: 'test', rows: 0, columns: [] };

stepKindConformance('release', () => ({
  kind: () => releaseKind({ runtimeVersion: '0.1.0' }),
  works: situation('weights'),
  changed: situation('other weights'),
  broken: { ...situation('weights', { format: 'tidegate.model-version/2' }), code: 'TG-STORE-RECORD' },
  endless: null,
}));
