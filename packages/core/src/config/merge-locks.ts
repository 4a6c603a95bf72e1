import { compareCodeUnits, type Digest } from '@tidegate/formats';
import { type Lock, lockText } from './lock.ts';
import type { Named } from './project-config.ts';

/** A pin that two sides of a merge have moved to different places. */
export interface PinConflict {
  readonly section: keyof Lock;
  readonly name: string;
  /** What both sides came from; null when it was not pinned. */
  readonly base: Digest | null;
  /** Null when this side no longer pins it. */
  readonly ours: Digest | null;
  readonly theirs: Digest | null;
}

/** The three locks of a merge. */
export interface LocksToMerge {
  readonly base: Lock;
  readonly ours: Lock;
  readonly theirs: Lock;
}

export interface MergedLock {
  /** The file, with marks as Git makes them around every pin in conflict, so that nobody reads it before they are gone. */
  readonly text: string;
  readonly conflicts: readonly PinConflict[];
}

/**
 * Merges locks pin by pin: what one side moved counts, whatever lines lie beside it.
 *
 * @param settled dataset → version that both sides' were merged to; its pin is no conflict
 */
export function mergeLocks({ base, ours, theirs }: LocksToMerge, settled: Named<Digest> = {}): MergedLock {
  const conflicts: PinConflict[] = [];
  const merged = (section: keyof Lock): Named<Digest> => {
    const names = [...new Set([ours, theirs].flatMap((side) => Object.keys(side[section])))];
    return Object.fromEntries(
      names.flatMap((name): readonly (readonly [string, Digest])[] => {
        const [from, own, other] = [pinIn(base, section, name), pinIn(ours, section, name), pinIn(theirs, section, name)];
        const version = section === 'data' && Object.hasOwn(settled, name) ? settled[name] : undefined;
        if (version !== undefined) return [[name, version]];
        const isConflict = own !== other && own !== from && other !== from;
        if (isConflict) conflicts.push({ section, name, base: from, ours: own, theirs: other });
        const pin = isConflict ? (own ?? other) : own === from ? other : own;
        return pin === null ? [] : [[name, pin]];
      }),
    );
  };
  const lock: Lock = { data: merged('data'), features: merged('features'), packages: merged('packages') };
  conflicts.sort((a, b) => compareCodeUnits(`${a.section} ${a.name}`, `${b.section} ${b.name}`));
  return { text: conflicts.reduce(withMarks, lockText(lock)), conflicts };
}

/**
 * Puts a version of a dataset in the place of the conflict over its pin.
 *
 * @returns null when the text holds no such conflict by itself
 */
export function settleConflict(text: string, dataset: string, version: Digest): string | null {
  const lines = text.split('\n');
  const line = pinLine('data', dataset, version);
  const own = line.slice(0, -version.length);
  for (let start = lines.indexOf(marks.ours); start >= 0; start = lines.indexOf(marks.ours, start + 1)) {
    const end = lines.indexOf(marks.theirs, start);
    const pins = lines.slice(start, end).filter((inside) => inside !== marks.ours && inside !== marks.between);
    const section = lines.slice(0, start).findLast((above) => /^\w+:$/.test(above));
    if (end > start && section === 'data:' && pins.length > 0 && pins.every((pin) => pin.startsWith(own)))
      return lines.toSpliced(start, end - start + 1, line).join('\n');
  }
  return null;
}

const marks = { ours: '<<<<<<< ours', between: '=======', theirs: '>>>>>>> theirs' } as const;

/** A pin as its line in the file. */
function pinLine(section: keyof Lock, name: string, pin: Digest): string {
  return lockText({ ...nothing, [section]: { [name]: pin } }).split('\n')[3] ?? '';
}

function pinIn(lock: Lock, section: keyof Lock, name: string): Digest | null {
  return Object.hasOwn(lock[section], name) ? (lock[section][name] ?? null) : null;
}

/** Puts both sides of a pin in the place of its one line. */
function withMarks(text: string, { section, name, ours, theirs }: PinConflict): string {
  const lines = text.split('\n');
  const side = (pin: Digest | null): readonly string[] => (pin === null ? [] : [pinLine(section, name, pin)]);
  const [line = ''] = side(ours ?? theirs);
  const index = lines.indexOf(line, lines.indexOf(`${section}:`));
  return lines.toSpliced(index, 1, marks.ours, ...side(ours), marks.between, ...side(theirs), marks.theirs).join('\n');
}

const nothing: Lock = { data: {}, features: {}, packages: {} };
