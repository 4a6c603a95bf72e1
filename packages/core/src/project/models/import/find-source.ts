import { basename, extname, join } from 'node:path';
import { failure, shape } from '@tidegate/formats';
import { loadYamlFile } from '../../../config/index.ts';
import { beginningOf, entriesBelow, exists, readFileSync, stat } from '../../../platform/index.ts';

/** What is imported: the file that is the model, and the kind of thing that it came as. */
export interface ModelSource {
  readonly kind: 'onnx' | 'pickle' | 'lightgbm' | 'xgboost' | 'torchscript' | 'torch.export';
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
  '.ubj': 'xgboost',
  '.pt2': 'torch.export',
};

/** Finds the model in a file or folder of others. @throws TG-CLI-NOT-FOUND, TG-MODELS-IMPORT when there is none that can be taken, or several */
export async function findSource(path: string): Promise<ModelSource> {
  if (!(await exists(path))) throw failure('TG-CLI-NOT-FOUND', `Cannot import "${path}": there is no such file or folder`, null);
  if ((await stat(path)).isFile()) return sourceOf(path, { file: basename(path), from: 'file', at: path });
  if (await exists(join(path, 'MLmodel'))) {
    const file = await fileOfMlflow(path);
    return sourceOf(path, { file, from: 'mlflow', at: join(path, file) });
  }
  const { files } = entriesBelow(path);
  const from = files.some((file) => file === 'config.json' || file === 'README.md') ? 'huggingface' : 'folder';
  const file = onlyModel(path, files);
  return sourceOf(path, { file, from, at: join(path, file) });
}

/** Where exporters of the Hub put the model itself, beside variants of it in smaller numbers. */
const placesOfOnnx = ['model.onnx', 'onnx/model.onnx'];

function onlyModel(path: string, files: readonly string[]): string {
  const models = files.filter((file) => kinds[extname(file).toLowerCase()] !== undefined);
  const onnx = models.filter((file) => file.endsWith('.onnx'));
  const usual = placesOfOnnx.find((place) => onnx.includes(place));
  if (usual !== undefined) return usual;
  const [only, ...more] = onnx.length > 0 ? onnx : models;
  if (only === undefined) throw notTaken(path, whatElse(files));
  if (more.length === 0) return only;
  throw notTaken(path, `it has several models: ${[only, ...more].slice(0, 4).join(', ')}; name one of them`);
}

interface Found {
  readonly file: string;
  readonly from: ModelSource['from'];
  /** Where the file lies. */
  readonly at: string;
}

function sourceOf(path: string, { file, from, at }: Found): ModelSource {
  const kind = kinds[extname(file).toLowerCase()] ?? kindByContent(at);
  if (kind === null) throw notTaken(path, whatElse([file]));
  return { kind, from, file };
}

/** Of extensions that several tools use: a text of LightGBM, JSON of XGBoost, an archive of TorchScript. */
function kindByContent(path: string): ModelSource['kind'] | null {
  const extension = extname(path).toLowerCase();
  const beginning = (): string => new TextDecoder('latin1').decode(beginningOf(path, 4096));
  if (extension === '.txt') return beginning().startsWith('tree\nversion=') ? 'lightgbm' : null;
  if (extension === '.json') return /^\s*\{\s*"(learner|version)"\s*:/.test(beginning()) ? 'xgboost' : null;
  return ['.pt', '.pth', '.ts'].includes(extension) && isTorchscript(path) ? 'torchscript' : null;
}

/** The directory at the end of the archive names what only TorchScript has. */
function isTorchscript(path: string): boolean {
  return beginningOf(path, 2).join() === '80,75' && readFileSync(path).includes('/constants.pkl');
}

const flavors = shape.object(
  {
    flavors: shape.required(
      shape.object(
        {
          onnx: shape.optional(shape.object({ data: shape.required(shape.text()) }, { open: true })),
          sklearn: shape.optional(shape.object({ pickled_model: shape.required(shape.text()) }, { open: true })),
          lightgbm: shape.optional(shape.object({ data: shape.required(shape.text()) }, { open: true })),
          xgboost: shape.optional(shape.object({ data: shape.required(shape.text()) }, { open: true })),
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
  const { onnx, sklearn, lightgbm, xgboost } = value.flavors;
  const file = onnx?.data ?? sklearn?.pickled_model ?? lightgbm?.data ?? xgboost?.data;
  if (file === undefined) throw notTaken(path, 'its MLmodel names no model of ONNX, scikit-learn, LightGBM or XGBoost');
  if (file.startsWith('/') || file.split(/[\\/]/).includes('..'))
    throw notTaken(path, `its MLmodel names "${file}", which is outside the folder`);
  if (!(await exists(join(path, file)))) throw notTaken(path, `its MLmodel names "${file}", which is not there`);
  return file;
}

/** What a person can do about models that only their own library loads. */
function whatElse(files: readonly string[]): string {
  const has = (...extensions: readonly string[]): boolean => files.some((file) => extensions.includes(extname(file).toLowerCase()));
  if (has('.safetensors', '.bin'))
    return 'it has weights without a graph, which only the library that made them can run; export it there: optimum-cli export onnx --model FOLDER OUT';
  if (has('.pt', '.pth', '.ckpt'))
    return 'it has weights without a program, or an object of Python; load it where its class is, and write a program: torch.export.save(torch.export.export(model.eval(), (example,), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},)), "model.pt2")';
  if (has('.keras', '.h5')) return 'a model of Keras is exported there: model.export("model.onnx", format="onnx")';
  if (has('.gguf', '.tflite', '.pte', '.mlmodel', '.engine', '.pb'))
    return 'its format is that of another runtime, which nothing here can run; export it from where it was trained as ONNX';
  return 'it has no .onnx, .pkl, .pickle, .joblib, .ubj or .pt2 file, and no .json or .txt that XGBoost or LightGBM has written';
}

function notTaken(path: string, why: string): Error {
  return failure(
    'TG-MODELS-IMPORT',
    `Cannot import "${path}": ${why}`,
    'Bring the model as ONNX, as a pickle of scikit-learn, LightGBM or XGBoost, in the format of these two, or as a program of PyTorch',
  );
}
