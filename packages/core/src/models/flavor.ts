import { extname } from 'node:path';
import { type Flavor, failure } from '@tidegate/formats';

const flavors: Readonly<Record<string, Flavor>> = {
  '.onnx': 'onnx',
  '.pkl': 'pickle',
  '.pickle': 'pickle',
  '.joblib': 'pickle',
  '.py': 'function',
};

/** How a model file is run, by its extension. @throws TG-MODELS-FLAVOR */
export function flavorOf(file: string): Flavor {
  const flavor = flavors[extname(file).toLowerCase()];
  if (flavor !== undefined) return flavor;
  throw failure(
    'TG-MODELS-FLAVOR',
    `Cannot tell how to run the model "${file}": the extension "${extname(file)}" is not known`,
    `Let the step write one of ${Object.keys(flavors).join(', ')}`,
  );
}
