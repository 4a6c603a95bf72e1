import type { Result, TestCase } from '@tidegate/formats';
import { entryAt, readTextIfThere } from '../../platform/index.ts';
import { mostCases, parseJunit } from '../junit.ts';

/** Reading takes about five times as much memory. */
const mostBytes = 100_000_000;

/** The cases of the JUnit XML at a path; a failure says what of it cannot be read, as the end of "the report …". */
export async function readReport(path: string): Promise<Result<readonly TestCase[], string>> {
  const entry = entryAt(path);
  if (entry === null) return fault('was not written');
  if (!entry.isFile()) return fault('is no file');
  if (entry.size > mostBytes)
    return fault(
      `has ${Math.round(Number(entry.size) / 1e6)} MB, and at most ${mostBytes / 1e6} MB are read: let tests print less, or cut the suite`,
    );
  const xml = (await readTextIfThere(path)) ?? '';
  const cases = parseJunit(xml);
  if (cases === null) return fault(whyNot(xml));
  if (cases.length > mostCases) return fault(`has more than ${mostCases} cases: cut the suite`);
  return { ok: true, value: cases };
}

function whyNot(xml: string): string {
  if (xml.trim() === '') return 'is empty';
  if (/<!DOCTYPE/i.test(xml.slice(0, 4_000))) return 'has a document type, which is not read: it may make a small file endless';
  return /<testsuites?[\s>]/.test(xml) ? 'is cut off or not well-formed' : 'is no JUnit XML';
}

function fault(failure: string): Result<never, string> {
  return { ok: false, failure };
}
