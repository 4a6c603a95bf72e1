import { basename, extname, join } from 'node:path';
import { failure, shape } from '@tidegate/formats';
import { loadYamlFile } from '../../../config/index.ts';
import { entriesBelow, exists, stat } from '../../../platform/index.ts';

/** What is imported: the file that is the model, and the kind of thing that it came as. */
export interface ModelSource {
  readonly kind: 'onnx' | 'pickle';
  /** `mlflow`: a folder with `MLmodel`; `huggingface`: one with a card or a `config.json`; `folder`, `file`: anything else. */
  readonly from: 'mlflow' | 'huggingface' | 'folder' | 'file';
  /** Relative to the folder; of a file its name. */
  readonly file: string;
}

const kinds: Readonly<Record<string, ModelSource['kind']>> = {
  '.onnx': 'onnx',
  '.pkl': 'pickle',
  '.pickle': 'pickle',
  '.joblib': 'pickle',
};

/** Finds the model in a file or folder of others. @throws TG-CLI-NOT-FOUND, TG-MODELS-IMPORT when there is none that can be taken, or several */
export async function findSource(path: string): Promise<ModelSource> {
  if (!(await exists(path))) throw failure('TG-CLI-NOT-FOUND', `Cannot import "${path}": there is no such file or folder`, null);
  if ((await stat(path)).isFile()) return sourceOf(path, basename(path), 'file');
  if (await exists(join(path, 'MLmodel'))) return sourceOf(path, await fileOfMlflow(path), 'mlflow');
  const { files } = entriesBelow(path);
  const models = files.filter((file) => kinds[extname(file).toLowerCase()] !== undefined);
  const onnx = models.filter((file) => file.endsWith('.onnx'));
  const [only, ...more] = onnx.length > 0 ? onnx : models;
  const from = files.some((file) => file === 'config.json' || file === 'README.md') ? 'huggingface' : 'folder';
  if (only === undefined) throw notTaken(path, whatElse(files));
  if (more.length > 0) throw notTaken(path, `it has several models: ${[only, ...more].slice(0, 4).join(', ')}; name one of them`);
  return sourceOf(path, only, from);
}

function sourceOf(path: string, file: string, from: ModelSource['from']): ModelSource {
  const kind = kinds[extname(file).toLowerCase()];
  if (kind === undefined) throw notTaken(path, whatElse([file]));
  return { kind, from, file };
}

const flavors = shape.object(
  {
    flavors: shape.required(
      shape.object(
        {
          onnx: shape.optional(shape.object({ data: shape.required(shape.text()) }, { open: true })),
          sklearn: shape.optional(shape.object({ pickled_model: shape.required(shape.text()) }, { open: true })),
        },
        { open: true },
      ),
    ),
  },
  { open: true },
);

/** The file that an `MLmodel` names. Of its other flavors the models are in formats of their own libraries. */
async function fileOfMlflow(path: string): Promise<string> {
  const { value } = await loadYamlFile(join(path, 'MLmodel'), flavors);
  const file = value.flavors.onnx?.data ?? value.flavors.sklearn?.pickled_model;
  if (file === undefined) throw notTaken(path, 'its MLmodel names neither an ONNX model nor a pickle of scikit-learn');
  if (file.startsWith('/') || file.split(/[\\/]/).includes('..'))
    throw notTaken(path, `its MLmodel names "${file}", which is outside the folder`);
  return file;
}

/** What a person can do about models that only their own library loads. */
function whatElse(files: readonly string[]): string {
  const has = (...extensions: readonly string[]): boolean => files.some((file) => extensions.includes(extname(file).toLowerCase()));
  if (has('.pt', '.pth', '.pt2', '.ckpt')) return 'a model of PyTorch is code and weights; export it there with "torch.onnx.export"';
  if (has('.safetensors', '.bin')) return 'it has weights without a graph; export it with "optimum-cli export onnx"';
  if (has('.keras', '.h5')) return 'a model of Keras is exported there with "model.export(..., format=onnx)"';
  return 'it has no .onnx, .pkl, .pickle or .joblib file';
}

function notTaken(path: string, why: string): Error {
  return failure(
    'TG-MODELS-IMPORT',
    `Cannot import "${path}": ${why}`,
    'Bring the model as ONNX, or as a pickle of scikit-learn, LightGBM or XGBoost',
  );
}
