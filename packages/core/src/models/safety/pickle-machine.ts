import { MalformedPickle, pickleReader, type PickleReader } from './pickle-reader.ts';

/** What loading would put on the stack, as far as it can be told without running anything. */
export type PickleValue =
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly module: string; readonly name: string }
  | { readonly kind: 'sequence'; readonly of: 'list' | 'tuple' | 'set'; readonly items: PickleValue[] }
  /** Not all of its entries are known once it has too many of them, or one whose key is none that is kept. */
  | { readonly kind: 'dict'; readonly entries: Map<string, PickleValue>; isWhole: boolean }
  | { readonly kind: 'made'; readonly by: PickleValue; readonly from: PickleValue; state: PickleValue | null }
  | { readonly kind: 'outside'; readonly id: PickleValue }
  /** Bytes, long numbers, and texts that loading reads otherwise than they stand there: nothing is told from them. */
  | { readonly kind: 'unread' };

/** How loading uses a name that it imports: only has it, makes an object of that class without its `__init__`, or calls it. */
export type NameUse = 'value' | 'new' | 'call';

/** What whoever judges the pickle is told, in the order in which loading would do it. */
export interface PickleWatcher {
  readonly onName: (used: {
    readonly module: string;
    readonly name: string;
    readonly use: NameUse;
    readonly from: PickleValue | null;
    readonly at: number;
  }) => void;
  /** Something that is not as any pickler writes it. */
  readonly onOddity: (what: string, at: number) => void;
  /** What the pickle refers to outside itself, which its loader brings. */
  readonly onOutside: (id: PickleValue, at: number) => void;
  /** An object has its state; what lies between this place and the one returned is no pickle (the bytes of an array of joblib). */
  readonly afterBuild?: (made: PickleValue, next: number, frameEnd: number) => number;
}

/** Items of one container that are kept: enough to tell what an array looks like, however long the lists of a model are. */
const mostItems = 64;

const nothing: PickleValue = { kind: 'constant', value: null };

/**
 * Walks a pickle of protocol 0 to 5 without loading it: an abstract machine with stack, marks and memo, for which names are names and
 * calls are calls. Opcodes: Lib/pickletools.py of CPython 3.14.
 *
 * @returns where it ended: the place after its STOP
 * @throws MalformedPickle when it cannot be read to its STOP
 */
export function walkPickle(bytes: Uint8Array, start: number, watcher: PickleWatcher): number {
  const machine: Machine = { reader: pickleReader(bytes, start), watcher, stack: [], marks: [], memo: new Map(), protocol: 0, frameEnd: 0 };
  for (;;) {
    const at = machine.reader.at();
    const opcode = machine.reader.byte();
    if (opcode === 0x2e) return machine.reader.at();
    const step = steps.get(opcode);
    if (step === undefined) throw new MalformedPickle(`the opcode 0x${opcode.toString(16).padStart(2, '0')} is not known`, at);
    step(machine, at);
  }
}

interface Machine {
  readonly reader: PickleReader;
  readonly watcher: PickleWatcher;
  readonly stack: PickleValue[];
  readonly marks: number[];
  readonly memo: Map<number, PickleValue>;
  protocol: number;
  /** Where the last frame ends: its bytes are read at once, so that what lies between opcodes lies behind it. */
  frameEnd: number;
}

type Step = (machine: Machine, at: number) => void;

function pop({ stack, marks }: Machine, at: number): PickleValue {
  if (stack.length <= (marks.at(-1) ?? 0)) throw new MalformedPickle('it takes from an empty stack', at);
  return stack.pop() ?? nothing;
}

function top({ stack, marks }: Machine, at: number): PickleValue {
  const value = stack.at(-1);
  if (value === undefined || stack.length <= (marks.at(-1) ?? 0)) throw new MalformedPickle('it takes from an empty stack', at);
  return value;
}

/** What lies above the last mark. */
function popMark({ stack, marks }: Machine, at: number): PickleValue[] {
  const mark = marks.pop();
  if (mark === undefined) throw new MalformedPickle('it looks for a mark that was never set', at);
  return stack.splice(mark);
}

const push = (machine: Machine, value: PickleValue): void => void machine.stack.push(value);
const unread: PickleValue = { kind: 'unread' };
const constant = (value: string | number | boolean | null): PickleValue => ({ kind: 'constant', value });
const sequence = (of: 'list' | 'tuple' | 'set', items: readonly PickleValue[]): PickleValue => ({
  kind: 'sequence',
  of,
  items: items.slice(0, mostItems),
});

/** A text of protocol 0: where it has a backslash, loading puts another sign for it. */
const pushLine =
  (textOf: (line: string) => string): Step =>
  (machine) => {
    const line = machine.reader.line();
    push(machine, line.includes('\\') ? unread : constant(textOf(line)));
  };

const pushConstant =
  (read: (reader: PickleReader) => string | number | boolean | null): Step =>
  (machine) =>
    push(machine, constant(read(machine.reader)));

const tupleOf =
  (count: number): Step =>
  (machine, at) => {
    const items = Array.from({ length: count }, () => pop(machine, at)).toReversed();
    push(machine, sequence('tuple', items));
  };

const remember =
  (slotOf: (machine: Machine, at: number) => number): Step =>
  (machine, at) =>
    void machine.memo.set(slotOf(machine, at), top(machine, at));

const recall =
  (slotOf: (reader: PickleReader, at: number) => number): Step =>
  (machine, at) => {
    const value = machine.memo.get(slotOf(machine.reader, at));
    if (value === undefined) throw new MalformedPickle('it takes a memory that was never kept', at);
    push(machine, value);
  };

function importName(machine: Machine, { module, name, at }: { readonly module: string; readonly name: string; readonly at: number }): void {
  machine.watcher.onName({ module, name, use: 'value', from: null, at });
  push(machine, { kind: 'name', module, name });
}

const stackGlobal: Step = (machine, at) => {
  const [name, module] = [pop(machine, at), pop(machine, at)];
  if (name.kind === 'constant' && module.kind === 'constant' && typeof name.value === 'string' && typeof module.value === 'string')
    return importName(machine, { module: module.value, name: name.value, at });
  machine.watcher.onOddity('imports a name that is only known when it is loaded', at);
  push(machine, { kind: 'outside', id: name });
};

interface Making {
  readonly use: 'new' | 'call';
  readonly by: PickleValue;
  readonly from: PickleValue;
  readonly at: number;
}

function make(machine: Machine, { use, by, from, at }: Making): void {
  if (by.kind === 'name') machine.watcher.onName({ module: by.module, name: by.name, use, from, at });
  else machine.watcher.onOddity('calls something that is only made when it is loaded', at);
  push(machine, { kind: 'made', by, from, state: null });
}

const making =
  (use: 'new' | 'call'): Step =>
  (machine, at) => {
    const [from, by] = [pop(machine, at), pop(machine, at)];
    make(machine, { use, by, from, at });
  };

const makingWithKeywords: Step = (machine, at) => {
  const [keywords, from, by] = [pop(machine, at), pop(machine, at), pop(machine, at)];
  make(machine, { use: 'new', by, from: sequence('tuple', [from, keywords]), at });
};

/** INST and OBJ of protocol 0 and 1 call a class with arguments. */
const oldObject: Step = (machine, at) => {
  const [by, ...from] = popMark(machine, at);
  if (by === undefined) throw new MalformedPickle('it makes an object of no class', at);
  make(machine, { use: 'call', by, from: sequence('tuple', from), at });
};

const oldInstance: Step = (machine, at) => {
  const [module, name] = [machine.reader.line(), machine.reader.line()];
  const from = popMark(machine, at);
  machine.watcher.onName({ module, name, use: 'value', from: null, at });
  make(machine, { use: 'call', by: { kind: 'name', module, name }, from: sequence('tuple', from), at });
};

const build: Step = (machine, at) => {
  const state = pop(machine, at);
  const made = top(machine, at);
  if (made.kind !== 'made') machine.watcher.onOddity('gives a state to something that it has not made', at);
  else made.state = state;
  const next = machine.reader.at();
  const after = machine.watcher.afterBuild?.(made, next, machine.frameEnd) ?? next;
  if (after !== next) machine.reader.seek(after);
};

function addItems(machine: Machine, items: readonly PickleValue[], at: number): void {
  const into = top(machine, at);
  if (into.kind === 'sequence') into.items.push(...items.slice(0, Math.max(0, mostItems - into.items.length)));
  else if (into.kind !== 'made') machine.watcher.onOddity('adds items to something that is no list', at);
}

function setItems(machine: Machine, items: readonly PickleValue[], at: number): void {
  const into = top(machine, at);
  if (into.kind === 'dict') {
    for (let index = 0; index + 1 < items.length; index += 2) {
      const [key, value] = [items[index], items[index + 1]];
      const name = key?.kind === 'constant' ? String(key.value) : null;
      if (name === null || value === undefined || (into.entries.size >= mostItems && !into.entries.has(name))) into.isWhole = false;
      else into.entries.set(name, value);
    }
  } else if (into.kind !== 'made') machine.watcher.onOddity('sets items of something that is no dict', at);
}

const emptyDict = (): PickleValue => ({ kind: 'dict', entries: new Map(), isWhole: true });

/** What a value of bytes is kept as: nothing looks into it. */
const skipped =
  (lengthOf: (reader: PickleReader) => number): Step =>
  (machine) => {
    machine.reader.skip(lengthOf(machine.reader));
    push(machine, unread);
  };

const text = (lengthOf: (reader: PickleReader) => number): Step => pushConstant((reader) => reader.text(lengthOf(reader)));

const outside =
  (idOf: (machine: Machine, at: number) => PickleValue): Step =>
  (machine, at) => {
    const id = idOf(machine, at);
    machine.watcher.onOutside(id, at);
    push(machine, { kind: 'outside', id });
  };

const registered =
  (bytes: number): Step =>
  (machine, at) => {
    machine.reader.skip(bytes);
    machine.watcher.onOddity('takes a name out of a registry that only the process which loads it has', at);
    push(machine, { kind: 'outside', id: nothing });
  };

const steps: ReadonlyMap<number, Step> = new Map<number, Step>([
  [0x28, (machine) => void machine.marks.push(machine.stack.length)], // MARK
  [
    0x30, // POP
    (machine, at) => {
      if (machine.marks.length > 0 && machine.stack.length === machine.marks.at(-1)) machine.marks.pop();
      else pop(machine, at);
    },
  ],
  [0x31, (machine, at) => void popMark(machine, at)], // POP_MARK
  [0x32, (machine, at) => push(machine, top(machine, at))], // DUP
  [0x46, pushConstant((reader) => Number(reader.line()))], // FLOAT
  [0x49, (machine, at) => push(machine, constant(wholeNumber(machine.reader.line(), at)))], // INT
  [0x4a, pushConstant((reader) => reader.signed32())], // BININT
  [0x4b, pushConstant((reader) => reader.byte())], // BININT1
  [0x4c, (machine, at) => push(machine, constant(wholeNumber(machine.reader.line().replace(/L$/, ''), at)))], // LONG
  [0x4d, pushConstant((reader) => reader.unsigned16())], // BININT2
  [0x4e, pushConstant(() => null)], // NONE
  [0x50, outside((machine) => constant(machine.reader.line()))], // PERSID
  [0x51, outside((machine, at) => pop(machine, at))], // BINPERSID
  [0x52, making('call')], // REDUCE
  [0x53, pushLine((line) => line.replace(/^(['"])(.*)\1$/, '$2'))], // STRING
  [0x54, text((reader) => reader.unsigned32())], // BINSTRING
  [0x55, text((reader) => reader.byte())], // SHORT_BINSTRING
  [0x56, pushLine((line) => line)], // UNICODE
  [0x58, text((reader) => reader.unsigned32())], // BINUNICODE
  [0x61, (machine, at) => addItems(machine, [pop(machine, at)], at)], // APPEND
  [0x62, build], // BUILD
  [0x63, (machine, at) => importName(machine, { module: machine.reader.line(), name: machine.reader.line(), at })], // GLOBAL
  [
    0x64, // DICT
    (machine, at) => {
      const items = popMark(machine, at);
      push(machine, emptyDict());
      setItems(machine, items, at);
    },
  ],
  [0x7d, (machine) => push(machine, emptyDict())], // EMPTY_DICT
  [0x65, (machine, at) => addItems(machine, popMark(machine, at), at)], // APPENDS
  [0x67, recall((reader, at) => wholeNumber(reader.line(), at))], // GET
  [0x68, recall((reader) => reader.byte())], // BINGET
  [0x69, oldInstance], // INST
  [0x6a, recall((reader) => reader.unsigned32())], // LONG_BINGET
  [0x6c, (machine, at) => push(machine, sequence('list', popMark(machine, at)))], // LIST
  [0x5d, (machine) => push(machine, sequence('list', []))], // EMPTY_LIST
  [0x6f, oldObject], // OBJ
  [0x70, remember(({ reader }, at) => wholeNumber(reader.line(), at))], // PUT
  [0x71, remember(({ reader }) => reader.byte())], // BINPUT
  [0x72, remember(({ reader }) => reader.unsigned32())], // LONG_BINPUT
  [
    0x73, // SETITEM
    (machine, at) => {
      const [value, key] = [pop(machine, at), pop(machine, at)];
      setItems(machine, [key, value], at);
    },
  ],
  [0x74, (machine, at) => push(machine, sequence('tuple', popMark(machine, at)))], // TUPLE
  [0x29, (machine) => push(machine, sequence('tuple', []))], // EMPTY_TUPLE
  [0x75, (machine, at) => setItems(machine, popMark(machine, at), at)], // SETITEMS
  [0x47, pushConstant((reader) => reader.float64())], // BINFLOAT
  [0x80, (machine) => void (machine.protocol = machine.reader.byte())], // PROTO
  [0x81, making('new')], // NEWOBJ
  [0x82, registered(1)], // EXT1
  [0x83, registered(2)], // EXT2
  [0x84, registered(4)], // EXT4
  [0x85, tupleOf(1)],
  [0x86, tupleOf(2)],
  [0x87, tupleOf(3)],
  [0x88, pushConstant(() => true)], // NEWTRUE
  [0x89, pushConstant(() => false)], // NEWFALSE
  [0x8a, (machine) => push(machine, longNumber(machine.reader))], // LONG1
  [0x8b, skipped((reader) => reader.unsigned32())], // LONG4
  [0x42, skipped((reader) => reader.unsigned32())], // BINBYTES
  [0x43, skipped((reader) => reader.byte())], // SHORT_BINBYTES
  [0x8c, text((reader) => reader.byte())], // SHORT_BINUNICODE
  [0x8d, text((reader) => reader.unsigned64())], // BINUNICODE8
  [0x8e, skipped((reader) => reader.unsigned64())], // BINBYTES8
  [0x8f, (machine) => push(machine, sequence('set', []))], // EMPTY_SET
  [0x90, (machine, at) => addItems(machine, popMark(machine, at), at)], // ADDITEMS
  [0x91, (machine, at) => push(machine, sequence('set', popMark(machine, at)))], // FROZENSET
  [0x92, makingWithKeywords], // NEWOBJ_EX
  [0x93, stackGlobal], // STACK_GLOBAL
  [0x94, remember(({ memo }) => memo.size)], // MEMOIZE
  [
    0x95, // FRAME
    (machine, at) => {
      const length = machine.reader.unsigned64();
      if (machine.reader.at() < machine.frameEnd) machine.watcher.onOddity('begins a frame in the middle of another', at);
      machine.frameEnd = machine.reader.at() + length;
    },
  ],
  [0x96, skipped((reader) => reader.unsigned64())], // BYTEARRAY8
  [0x97, outside(() => nothing)], // NEXT_BUFFER
  [0x98, () => {}], // READONLY_BUFFER
]);

/** `00` and `01` are how protocol 0 writes false and true. Python also reads `1_0`, ` 1` and `0x1`, which no pickler writes: by them one number could be taken for another. */
function wholeNumber(line: string, at: number): number {
  if (!/^(-?(0|[1-9]\d*)|0[01])$/.test(line)) throw new MalformedPickle('it writes a number as no pickler does', at);
  return Number(line);
}

/** A number of so many bytes, the least first, with the sign in the highest bit. */
function longNumber(reader: PickleReader): PickleValue {
  const length = reader.byte();
  if (length === 0) return constant(0);
  if (length > 6) {
    reader.skip(length);
    return unread;
  }
  let value = 0;
  let last = 0;
  for (let place = 0; place < length; place++) {
    last = reader.byte();
    value += last * 256 ** place;
  }
  return constant(last < 128 ? value : value - 256 ** length);
}
