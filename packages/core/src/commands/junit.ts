import type { TestCase } from '@tidegate/formats';
import { placeInMessage } from './suite/place-in-message.ts';
import { readXml, type XmlTag } from './xml.ts';

/** Characters of a failure's message that are kept. */
const longestMessage = 4_000;
/** One case more is read, so that who reads a report knows that it has too many. */
export const mostCases = 100_000;

interface OpenCase {
  readonly name: string;
  readonly durationMs: number;
  outcome: TestCase['outcome'];
  message: string;
  readonly place: NonNullable<TestCase['place']> | null;
}

/**
 * The cases of a JUnit XML report as pytest writes it (`--junitxml`, family xunit2), and as others do: `file` and `line` of a case, nested suites, and
 * Surefire's `flakyFailure` and `flakyError` of a case that passed in a later try.
 *
 * @returns null when the text is no such report, whole and well-formed
 */
export function parseJunit(xml: string): readonly TestCase[] | null {
  const cases: TestCase[] = [];
  let open: OpenCase | null = null;
  let inReason = false;
  let isReport = false;
  const complete = readXml(xml, {
    open: (tag) => {
      if (tag.name === 'testsuites' || tag.name === 'testsuite') isReport = true;
      if (tag.name === 'testcase') open = openCase(tag);
      else if (open !== null && outcomes.has(tag.name)) {
        inReason = true;
        noteOutcome(open, tag);
      }
    },
    text: (text) => {
      if (open !== null && inReason) open.message = (open.message + text).slice(0, longestMessage);
    },
    close: (name) => {
      if (outcomes.has(name)) inReason = false;
      if (name !== 'testcase' || open === null) return;
      if (cases.length <= mostCases) cases.push(closed(open));
      open = null;
    },
  });
  return complete && isReport ? cases : null;
}

const outcomes: ReadonlyMap<string, TestCase['outcome']> = new Map([
  ['failure', 'failed'],
  ['error', 'failed'],
  ['skipped', 'skipped'],
  ['flakyFailure', 'flaky'],
  ['flakyError', 'flaky'],
]);

function openCase({ attributes }: XmlTag): OpenCase {
  const name = [attributes.get('classname'), attributes.get('name')].filter((part) => part !== undefined && part !== '').join('::');
  const seconds = Number(attributes.get('time'));
  return {
    name: name === '' ? 'unnamed' : name,
    durationMs: Number.isFinite(seconds) ? seconds * 1000 : 0,
    outcome: 'passed',
    message: '',
    place: placeOf(attributes),
  };
}

function placeOf(attributes: XmlTag['attributes']): OpenCase['place'] {
  const file = attributes.get('file') ?? '';
  const line = Number(attributes.get('line'));
  return file === '' ? null : { file, line: Number.isInteger(line) && line > 0 ? line : null };
}

/** Where it failed says more than where it begins. */
function closed({ name, durationMs, outcome, message: text, place: declared }: OpenCase): TestCase {
  const message = text.trim();
  const place = (outcome === 'failed' || outcome === 'flaky' ? placeInMessage(message) : null) ?? declared;
  return { name, durationMs, outcome, message, ...(place !== null && { place }) };
}

function noteOutcome(open: OpenCase, { name, attributes }: XmlTag): void {
  if (open.outcome !== 'failed') open.outcome = outcomes.get(name) ?? 'failed';
  const reason = attributes.get('message') ?? '';
  open.message = `${open.message}${reason}\n`.slice(0, longestMessage);
}
