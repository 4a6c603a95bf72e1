import { fieldsOf } from '@tidegate/formats';
import type { FileScan, ScanFinding } from './scan-finding.ts';

// Field numbers of onnx.proto (github.com/onnx/onnx/blob/main/onnx/onnx.proto, IR version 13)
const model = { opsets: 8, graph: 7, functions: 25, trainings: 20 } as const;
const graph = { node: 1, initializer: 5, sparse: 15 } as const;
const node = { type: 4, attribute: 5, domain: 7 } as const;
const attribute = { tensor: 5, graph: 6, tensors: 10, graphs: 11, sparse: 22, sparses: 23 } as const;
const sparseTensor = { values: 1, indices: 2 } as const;
const tensor = { external: 13, location: 14 } as const;
const external = { key: 1, value: 2 } as const;
const opset = { domain: 1 } as const;
const functionParts = { node: 7, attribute: 11 } as const;
const training = { initialization: 1, algorithm: 2 } as const;

/** Sets of operators that ONNX Runtime brings itself; one of any other needs a library that runs code of its own. */
const domains = new Set([
  '',
  'ai.onnx',
  'ai.onnx.ml',
  'ai.onnx.training',
  'ai.onnx.preview',
  'ai.onnx.preview.training',
  'com.microsoft',
  'com.microsoft.nchwc',
]);

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * What is unsafe about an ONNX model: tensors in files outside its folder, operators that come out of a library, and bytes that are no
 * model.
 *
 * @param besides the files of the model's folder by path, relative to the model; with one file alone there are none
 */
export function scanOnnx(bytes: Uint8Array, besides: ReadonlySet<string>): Pick<FileScan, 'findings' | 'reads'> {
  const reads = new Set<string>();
  const found = new Map<string, ScanFinding>();
  const add = (where: string, what: string): void => {
    if (!found.has(what)) found.set(what, { where, what, name: null });
  };
  try {
    let hasGraph = false;
    for (const { number, value } of fieldsOf(bytes)) {
      if (typeof value === 'bigint') continue;
      if (number === model.graph) {
        hasGraph = true;
        scanGraph(value, { add, besides, reads });
      } else if (number === model.opsets) scanDomain(textOf(value, opset.domain), 'its sets of operators', add);
      else if (number === model.functions) scanFunction(value, { add, besides, reads });
      else if (number === model.trainings)
        for (const key of Object.values(training)) for (const one of messagesIn(value, key)) scanGraph(one, { add, besides, reads });
    }
    if (!hasGraph) add('model', 'has no graph, so it is no ONNX model');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    add('model', `cannot be read as an ONNX model: ${error.message}`);
  }
  return { findings: [...found.values()], reads: [...reads] };
}

interface Walk {
  readonly add: (where: string, what: string) => void;
  readonly besides: ReadonlySet<string>;
  readonly reads: Set<string>;
}

function scanGraph(bytes: Uint8Array, walk: Walk): void {
  for (const { number, value } of fieldsOf(bytes)) {
    if (typeof value === 'bigint') continue;
    if (number === graph.node) scanNode(value, walk);
    else if (number === graph.initializer) scanTensor(value, walk);
    else if (number === graph.sparse) scanSparse(value, walk);
  }
}

function scanFunction(bytes: Uint8Array, walk: Walk): void {
  for (const one of messagesIn(bytes, functionParts.node)) scanNode(one, walk);
  for (const one of messagesIn(bytes, functionParts.attribute)) scanAttribute(one, walk);
}

function scanNode(bytes: Uint8Array, walk: Walk): void {
  for (const { number, value } of fieldsOf(bytes)) {
    if (typeof value === 'bigint') continue;
    // its attributes name a file, or hold a program, that a provider of another processor loads
    if (number === node.type && utf8.decode(value) === 'EPContext')
      walk.add('an operator', 'loads a program for another processor (EPContext)');
    if (number === node.domain) scanDomain(utf8.decode(value), 'an operator', walk.add);
    else if (number === node.attribute) scanAttribute(value, walk);
  }
}

function scanAttribute(bytes: Uint8Array, walk: Walk): void {
  for (const { number, value } of fieldsOf(bytes)) {
    if (typeof value === 'bigint') continue;
    if (number === attribute.graph || number === attribute.graphs) scanGraph(value, walk);
    else if (number === attribute.tensor || number === attribute.tensors) scanTensor(value, walk);
    else if (number === attribute.sparse || number === attribute.sparses) scanSparse(value, walk);
  }
}

function scanSparse(bytes: Uint8Array, walk: Walk): void {
  for (const key of Object.values(sparseTensor)) for (const one of messagesIn(bytes, key)) scanTensor(one, walk);
}

/** A tensor may name a file that has its values, relative to the model's folder; runtimes open what it names. */
function scanTensor(bytes: Uint8Array, { add, besides, reads }: Walk): void {
  let isExternal = false;
  let isNamed = false;
  for (const { number, value } of fieldsOf(bytes)) {
    if (number === tensor.location && value === 1n) isExternal = true;
    if (number !== tensor.external || typeof value === 'bigint') continue;
    isExternal = true;
    if (textOf(value, external.key) !== 'location') continue;
    isNamed = true;
    const location = textOf(value, external.value);
    const path = location.replace(/^\.\//, '');
    const leadsOut = path.startsWith('/') || path.includes('\\') || /^[a-zA-Z]:/.test(path) || path.split('/').includes('..');
    if (leadsOut) add('a tensor', `reads the file "${location}", which is outside its folder`);
    else if (!besides.has(path)) add('a tensor', `reads the file "${location}", which does not come with it`);
    else reads.add(path);
  }
  if (isExternal && !isNamed) add('a tensor', 'has its values in another file and does not name it');
}

function scanDomain(domain: string, where: string, add: Walk['add']): void {
  if (!domains.has(domain)) add(where, `wants operators of "${domain}", which a library outside ONNX Runtime would bring`);
}

function* messagesIn(bytes: Uint8Array, number: number): Generator<Uint8Array> {
  for (const field of fieldsOf(bytes)) if (field.number === number && typeof field.value !== 'bigint') yield field.value;
}

/** Of a field that is there several times the last counts, as every protobuf reader does. */
function textOf(bytes: Uint8Array, number: number): string {
  return utf8.decode([...messagesIn(bytes, number)].at(-1) ?? new Uint8Array());
}
