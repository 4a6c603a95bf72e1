import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { errorCatalogue } from '@tidegate/formats';
import { hostileRows, testFiles, testsByRow } from '../check/hostile-rows.ts';

/**
 * Prints what docs/explanation/how-it-is-tested.md counts, as JSON, and with `--rows` its table of hostile inputs. Tests are counted as
 * they stand in the files; one that a loop makes several of counts once.
 */
const root = resolve(import.meta.dirname, '../..');
const files = testFiles(root).map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
const suites = files.filter(({ file }) => file.endsWith('.conformance.ts'));
const slow = files.filter(({ file }) => file.endsWith('.slow.test.ts'));
const rows = testsByRow(root);

if (process.argv.includes('--rows'))
  for (const [row, what] of Object.entries(hostileRows))
    console.log(`| ${row} | ${what} | ${(rows.get(Number(row)) ?? []).map((file) => `\`${basename(file)}\``).join(', ')} |`);
else
  console.log(
    JSON.stringify(
      {
        files: files.length - suites.length,
        tests: countTests(files),
        slow: { files: slow.length, tests: countTests(slow) },
        conformanceSuites: suites.length,
        filesWithPropertyTests: files.filter(({ text }) => text.includes("from 'fast-check'")).length,
        errorCodes: Object.keys(errorCatalogue).length,
        hostileRows: Object.keys(hostileRows).filter((row) => rows.has(Number(row))).length,
      },
      null,
      2,
    ),
  );

function countTests(some: typeof files): number {
  return some.reduce((sum, { text }) => sum + [...text.matchAll(/(?:^|[^\w.])(?:test|t\.test|behaves)\(/gm)].length, 0);
}
