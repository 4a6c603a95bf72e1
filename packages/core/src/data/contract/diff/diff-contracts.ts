import type { Verdict } from '@tidegate/formats';
import type { JudgedCheck, JudgedContract } from '../judge/judged-contract.ts';
import type { ContractDocument } from '../read-document.ts';
import { type Change, type Level, worstLevel } from './change.ts';
import { compareDocuments } from './compare-documents.ts';
import { saysAtLeast, type VersionChange, versionChange } from './version-change.ts';

/** What changed from one data contract to another, and how much it matters. */
export interface ContractDiff {
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** The worst of the changes; null when nothing changed. */
  readonly level: Level | null;
  /** What the versions of the two documents say. */
  readonly versionChange: VersionChange;
  /** Whether the new version says at least what changed, as far as something is breaking: a major change asks for a new major version. */
  readonly isDeclared: boolean;
  /** What the data was that had a say; null where the documents alone were compared. */
  readonly data: string | null;
  readonly changes: readonly WeighedChange[];
}

export interface DiffSide {
  readonly file: string;
  readonly id: string;
  readonly version: string;
}

/** A change with what the data says of it. */
export interface WeighedChange extends Change {
  /** By documents and data together. */
  readonly weighed: Level;
  /** Whether the data keeps what was promised before, and what is promised now; null where that was not measured. */
  readonly keepsOld: boolean | null;
  readonly keepsNew: boolean | null;
  /** What the data was found to be, where it decided. */
  readonly found: string | null;
}

/** The data as each of the two documents judges it. */
export interface JudgedByBoth {
  readonly data: string;
  readonly before: JudgedContract;
  readonly after: JudgedContract;
}

/** Compares two documents; with data, of one object or of several, what it breaks is major whatever the documents say: docs/reference/contract-diff.md. */
export function diffContracts(before: ContractDocument, after: ContractDocument, judged: readonly JudgedByBoth[] = []): ContractDiff {
  const changes = weighedBy(compareDocuments(before, after), judged);
  const level = worstLevel(changes.map(({ weighed }) => weighed));
  const version = versionChange(before.value.version, after.value.version);
  return {
    before: sideOf(before),
    after: sideOf(after),
    level,
    versionChange: version,
    isDeclared: level !== 'major' || saysAtLeast(version, 'major'),
    data: judged.length === 0 ? null : judged.map(({ data }) => data).join(', '),
    changes,
  };
}

function sideOf({ document, value: { id, version } }: ContractDocument): DiffSide {
  return { file: document.file, id, version };
}

function unweighed(change: Change): WeighedChange {
  return { ...change, weighed: change.level, keepsOld: null, keepsNew: null, found: null };
}

function weighedBy(changes: readonly Change[], judged: readonly JudgedByBoth[]): readonly WeighedChange[] {
  const own = changes.map((change) => {
    const data = judged.find(({ before, after }) => change.object !== null && [before.object, after.object].includes(change.object));
    return data === undefined ? unweighed(change) : weigh(change, data.before, data.after);
  });
  return [
    ...own,
    ...judged.flatMap(({ before, after }) => {
      const said = new Set(own.flatMap(({ object, check }) => (object === null || object === after.object ? (check ?? []) : [])));
      return after.checks.filter((check) => isBroken(check) && !said.has(check.name)).map((check) => brokenPromise(check, before, after));
    }),
  ];
}

function weigh(change: Change, before: JudgedContract, after: JudgedContract): WeighedChange {
  const [old, young] = [before, after].map(({ checks }) =>
    checks.find(({ name, severity }) => name === change.check && severity === 'error'),
  );
  const [keepsOld, keepsNew] = [old, young].map((check) => keeps(check?.verdict));
  const found = [old, young].find((check) => check !== undefined && check.verdict !== 'pass')?.reason ?? null;
  const matters = { weaker: [keepsOld], stronger: [keepsNew], other: [keepsOld, keepsNew] }[change.direction].filter(
    (one) => one !== undefined,
  );
  const known = matters.filter((one) => one !== null);
  // a promise is about the rows to come: that those of today do not need it takes nothing from it
  const weighed = change.level !== 'patch' && known.includes(false) ? 'major' : change.level;
  return { ...change, weighed, keepsOld: keepsOld ?? null, keepsNew: keepsNew ?? null, found: known.includes(false) ? found : null };
}

function keeps(verdict: Verdict | undefined): boolean | null {
  return verdict === 'pass' ? true : verdict === 'fail' ? false : null;
}

function isBroken({ verdict, severity }: JudgedCheck): boolean {
  return verdict === 'fail' && severity === 'error';
}

/** A promise that did not change, and that the data breaks. */
function brokenPromise(check: JudgedCheck, before: JudgedContract, after: JudgedContract): WeighedChange {
  const { name, column, reason } = check;
  const keepsOld = keeps(before.checks.find((one) => one.name === name)?.verdict);
  const base = {
    object: after.object,
    property: column,
    columns: column === null ? [] : [column],
    aspect: 'data',
    direction: 'other',
    level: 'major',
    says: `the data breaks a promise: ${reason}`,
    check: name,
  } as const;
  return { ...base, weighed: 'major', keepsOld, keepsNew: false, found: reason };
}
