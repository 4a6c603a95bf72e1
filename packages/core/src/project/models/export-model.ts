import { createHash, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { type Digest, failure, type LogicalType, type Signature } from '@tidegate/formats';
import { publicPem, readPrivateKey, signModel } from '@tidegate/runtime';
import { writeYaml } from '../../config/index.ts';
import { mkdir, readFile, writeFile } from '../../platform/index.ts';
import { appearing } from '../appearing.ts';
import type { Project } from '../project.ts';
import { mlflowLoaderText } from './mlflow-loader.ts';
import { modelKey } from './model-key.ts';
import { type ModelFacts, modelFacts } from './model-facts.ts';
import { signatureName } from './verify-model.ts';

/** `folder`: the model with its record; `mlflow`: as MLflow loads it; `huggingface`: a repository of the Hub, with card and results. */
export type ModelFormat = 'folder' | 'mlflow' | 'huggingface';

export interface ModelExport {
  /** Absolute; not there, or empty. */
  readonly folder: string;
  readonly format: ModelFormat;
  /** PEM file with the private key to sign with; null: that of this home. */
  readonly key: string | null;
  /** Texts to write beside the model, such as its card. */
  readonly texts: (facts: ModelFacts) => { readonly [path: string]: string };
}

export interface ExportedModel {
  readonly version: Digest;
  readonly folder: string;
  readonly files: readonly string[];
  /** Public key to verify the signature with, PEM: for whoever gets the folder, by another way than the folder. */
  readonly publicKey: string;
}

/**
 * Writes a model version as a folder that needs no Tidegate, signed in the OpenSSF Model Signing format. It appears whole or not at all.
 *
 * @throws TG-CLI-NOT-FOUND; TG-CLI-USAGE when something is in the folder; TG-MODELS-EXPORT for a format that cannot hold the model; TG-SECRETS-KEY
 */
export async function exportModel(project: Project, name: string, request: ModelExport): Promise<ExportedModel> {
  const { folder, format, texts } = request;
  const facts = await modelFacts(project, name);
  const files = { ...writtenFor(format, facts), ...texts(facts) };
  const key = await keyFor(project, request.key);
  const { file, artifact } = facts.record;
  await appearing(folder, async (temporary) => {
    await mkdir(temporary, { recursive: true });
    await project.store.checkOut(artifact, join(temporary, modelPath(format, file)));
    const requirements = requirementsOf(facts);
    if (requirements !== null && format === 'folder') await project.store.checkOut(requirements, join(temporary, 'requirements.txt'));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(temporary, path, '..'), { recursive: true });
      await writeFile(join(temporary, path), text);
    }
    await writeFile(join(temporary, signatureName), await signModel(temporary, { key, certificates: null }, [signatureName]));
  });
  const paths = [modelPath(format, file), ...Object.keys(files), signatureName];
  return { version: facts.version, folder, files: paths.toSorted(), publicKey: publicPem(key) };
}

async function keyFor(project: Project, path: string | null): Promise<KeyObject> {
  if (path === null) return modelKey(project);
  const key = readPrivateKey(await readFile(path, 'utf8'));
  if (key !== null) return key;
  throw failure(
    'TG-SECRETS-KEY',
    `Cannot sign with the key "${path}": it is no private key of a curve P-256, P-384 or P-521 in PEM`,
    'Make one: openssl ecparam -name prime256v1 -genkey -noout -out model-signing.key',
  );
}

/** The lock of the packages that it was trained with, where it is kept. */
function requirementsOf({ record, trainedBy }: ModelFacts): Digest | null {
  const [, digest] = Object.entries(trainedBy?.files ?? {}).find(([path]) => /(^|\/)requirements[\w.-]*\.txt$/.test(path)) ?? [];
  return record.flavor === 'onnx' ? null : (digest ?? null);
}

function modelPath(format: ModelFormat, file: string): string {
  return format === 'mlflow' && file.endsWith('.onnx') ? 'model.onnx' : format === 'mlflow' ? 'model.pkl' : file;
}

function writtenFor(format: ModelFormat, facts: ModelFacts): { readonly [path: string]: string } {
  if (format === 'mlflow') return mlflowFiles(facts);
  if (format === 'folder') return { 'model.json': `${JSON.stringify(facts.record, null, 2)}\n` };
  return {};
}

/** MLflow's names of types (mlflow/types/schema.py). */
const typesOfMlflow: Readonly<Partial<Record<LogicalType, string>>> = {
  string: 'string',
  integer: 'long',
  number: 'double',
  boolean: 'boolean',
  date: 'datetime',
  timestamp: 'datetime',
};

/** `MLmodel` and what it names (mlflow.org/docs, "MLflow Model Format"). */
function mlflowFiles({ record, version, madeAt, trainedBy }: ModelFacts): { readonly [path: string]: string } {
  const { flavor, file, signature, model } = record;
  if (flavor === 'function' || (flavor === 'pickle' && file.endsWith('.joblib')))
    throw failure(
      'TG-MODELS-EXPORT',
      `Cannot write the model "${model}" for MLflow: ${flavor === 'function' ? 'it is Python code' : 'MLflow reads no file of joblib'}`,
      'Let the training step write ONNX, or a pickle by "pickle.dump"',
    );
  const python = pythonOf(trainedBy?.environment);
  const environment = { env: { virtualenv: 'python_env.yaml' }, python_version: python };
  const flavors =
    flavor === 'onnx'
      ? {
          onnx: { code: null, data: 'model.onnx', providers: ['CPUExecutionProvider'] },
          python_function: { loader_module: 'tidegate_model', code: 'code', data: 'model.onnx', predict_fn: 'predict', ...environment },
        }
      : {
          sklearn: { code: null, pickled_model: 'model.pkl', serialization_format: 'cloudpickle' },
          python_function: { loader_module: 'mlflow.sklearn', model_path: 'model.pkl', predict_fn: 'predict', ...environment },
        };
  const inputs = signature.inputs.map(({ name, type }) => ({ name, type: typesOfMlflow[type] ?? 'string', required: true }));
  const outputs =
    flavor === 'onnx' ? outputsOf(signature) : [{ type: signature.task === 'regression' ? 'double' : 'string', required: true }];
  const root = {
    flavors,
    model_uuid: createHash('sha256').update(version).digest('hex').slice(0, 32),
    signature: { inputs: JSON.stringify(inputs), outputs: JSON.stringify(outputs), params: null },
    utc_time_created: madeAt.replace('T', ' ').replace('Z', ''),
    metadata: { 'tidegate.model': model, 'tidegate.version': version },
  };
  const packages = flavor === 'onnx' ? ['onnx', 'onnxruntime', 'numpy', 'pandas'] : ['scikit-learn', 'cloudpickle', 'pandas'];
  return {
    ...(flavor === 'onnx' && { 'code/tidegate_model.py': mlflowLoaderText, 'signature.json': `${JSON.stringify(signature, null, 2)}\n` }),
    MLmodel: writeYaml(root, `The model "${model}", version ${version}, as Tidegate has it`),
    'requirements.txt': `${['mlflow', ...packages].join('\n')}\n`,
    'python_env.yaml': `python: ${python}\ndependencies:\n  - -r requirements.txt\n`,
  };
}

/** The table that {@link mlflowLoaderText} answers with. */
function outputsOf({ task, classes }: Signature): readonly object[] {
  if (task === 'regression') return [{ name: 'prediction', type: 'double', required: true }];
  const probabilities = classes.map((name) => ({ name: `probability_${name}`, type: 'double', required: false }));
  return [{ name: 'prediction', type: 'string', required: true }, ...probabilities];
}

/** As the key of the training step has it; without one a version that MLflow knows. */
function pythonOf(environment: { readonly [fact: string]: unknown } | undefined): string {
  const found = environment?.['python'];
  return typeof found === 'string' && /^\d+\.\d+\.\d+/.test(found) ? found : '3.11.0';
}
