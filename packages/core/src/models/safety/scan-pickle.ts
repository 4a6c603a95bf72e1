import { isAllowedName } from './allowed-names.ts';
import { arrayBehind, givesWrapper } from './joblib-array.ts';
import { hidesObjects } from './numpy-type.ts';
import { type PickleValue, type PickleWatcher, walkPickle } from './pickle-machine.ts';
import { MalformedPickle } from './pickle-reader.ts';
import type { ScanFinding } from './scan-finding.ts';

export interface PickleScan {
  /** What stands before a place in the findings: `entry "data.pkl", `; default nothing. */
  readonly within?: string;
  /** Names with their modules that the project declares as its own. */
  readonly own: readonly string[];
  /** Whether the pickle may refer to storages beside it, as PyTorch's do. Default false. */
  readonly hasStorages?: boolean;
}

/** More findings of one file than these say nothing new. */
const mostFindings = 50;

/** What is unsafe about a pickle: names that are not on the list, what no pickler writes, and what lies behind its end. */
export function scanPickle(bytes: Uint8Array, scan: PickleScan): readonly ScanFinding[] {
  const found = new Map<string, ScanFinding>();
  const add = (what: string, at: number, name: string | null = null): void => {
    if (found.size < mostFindings && !found.has(what)) found.set(what, { where: `${scan.within ?? ''}byte ${at}`, what, name });
  };
  const watcher: PickleWatcher = {
    onOddity: add,
    onName: ({ module, name, use, from, at }) => {
      const full = `${module}.${name}`;
      const verb = use === 'call' ? 'calls' : 'imports';
      if (!isAllowedName(module, name, use, scan.own)) {
        // a name that is imported is said once: what is done with it besides makes it no worse
        if (use === 'value' || isAllowedName(module, name, 'value', scan.own)) add(`${verb} "${full}"`, at, full);
      } else if (module === '_codecs' && from !== null && !isLatin1(from)) add('calls "_codecs.encode" with another code than latin1', at);
      else if (name === '_reconstructor' && from !== null && !isOfBuiltin(from))
        add('makes an object by the "__init__" of another class', at);
      else if (from !== null && givesWrapper(from)) add('makes what stands for an array in a way that joblib does not', at);
      else if (use === 'call' && from !== null) {
        const called = calledBy(full, from).find((one) => !isAllowedName(one.module, one.name, 'call', scan.own));
        if (called !== undefined) add(`calls "${called.module}.${called.name}"`, at, `${called.module}.${called.name}`);
      }
    },
    onOutside: (id, at) => {
      if (scan.hasStorages !== true || !isStorage(id)) add('refers to something outside itself', at);
    },
    afterBuild: (made, next, frameEnd) => {
      if (hidesObjects(made)) add('makes a type of NumPy that hides references to objects', next);
      const array = arrayBehind(made, next);
      if (array === null) return next;
      if (frameEnd > next) throw new MalformedPickle('an array of joblib stands in the middle of a frame', next);
      // a pickle of its own, in which nothing stands for arrays of joblib
      if (array.kind === 'pickle') return walkPickle(bytes, next, { ...watcher, afterBuild: refuseArrays });
      const padding = array.isPadded ? 1 + (bytes[next] ?? 0) : 0;
      return next + padding + array.count;
    },
  };
  try {
    const end = walkPickle(bytes, 0, watcher);
    if (end < bytes.length) add(`has ${bytes.length - end} bytes behind its end, which may be another pickle`, end);
  } catch (error) {
    if (!(error instanceof MalformedPickle || error instanceof RangeError)) throw error;
    add(`cannot be read to its end: ${error.message}`, error instanceof MalformedPickle ? error.at : 0);
  }
  return [...found.values()];
}

/** Whether bytes, read as a pickle, come to the making of an object before they can be read no further: then loading runs something. */
export function makesObjects(bytes: Uint8Array): boolean {
  let found = false;
  const watcher: PickleWatcher = { onName: ({ use }) => void (found ||= use !== 'value'), onOddity: () => {}, onOutside: () => {} };
  try {
    walkPickle(bytes, 0, watcher);
  } catch (error) {
    if (!(error instanceof MalformedPickle || error instanceof RangeError)) throw error;
  }
  return found;
}

/** Names that a call calls in turn, out of what it is given: they must be allowed to be called as well. */
function calledBy(name: string, from: PickleValue): readonly Extract<PickleValue, { readonly kind: 'name' }>[] {
  const given = from.kind === 'sequence' ? from.items : [];
  if (/^numpy\.random\._pickle\.__\w+_ctor$/.test(name)) return given.filter((one) => one.kind === 'name');
  return name === 'torch._tensor._rebuild_from_type_v2' ? given.slice(0, 1).filter((one) => one.kind === 'name') : [];
}

function refuseArrays(made: PickleValue, next: number): number {
  if (hidesObjects(made)) throw new MalformedPickle('it makes a type of NumPy that hides references to objects', next);
  if (made.kind === 'made' && givesWrapper(made.by))
    throw new MalformedPickle('an array of joblib stands in a pickle that joblib does not read', next);
  return next;
}

/** `_codecs.encode(text, 'latin1')`: how protocol 2 writes bytes. */
function isLatin1(from: PickleValue): boolean {
  const code = from.kind === 'sequence' ? from.items[1] : undefined;
  return code?.kind === 'constant' && code.value === 'latin1';
}

/** `copyreg._reconstructor(class, base, state)` calls the `__init__` of the base where it has one of its own. */
function isOfBuiltin(from: PickleValue): boolean {
  const base = from.kind === 'sequence' ? from.items[1] : undefined;
  return base?.kind === 'name' && /^(builtins|__builtin__)$/.test(base.module);
}

/** `('storage', torch.FloatStorage, '0', 'cpu', 12)` */
function isStorage(id: PickleValue): boolean {
  const first = id.kind === 'sequence' ? id.items[0] : undefined;
  return first?.kind === 'constant' && first.value === 'storage';
}
