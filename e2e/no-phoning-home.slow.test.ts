import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { strayCalls, tracedCalls } from '../packages/serving/src/serve/test-trace.ts';
import { spawnAndWait, stage, type Stage, tidegateProgram } from './rig/play.ts';

const fixtures = resolve(import.meta.dirname, '../packages/serving/fixtures');
const missing = spawnSync('strace', ['-V']).error === undefined ? false : 'strace is not installed (apt-get install strace)';
if (missing !== false && process.env['TIDEGATE_REQUIRE_SERVICES'] === '1')
  throw new Error(`Cannot show that nothing phones home: ${missing}`);

test(
  'a whole run to production opens no socket outside of loopback, and no file outside of project, home and temporary folder',
  { skip: missing },
  async () => {
    await using at = await stage(join(import.meta.dirname, 'projects/homes'));
    await addHomes(at);
    const place = realpathSync(dirname(at.project));
    for (const name of ['temporary', 'user']) mkdirSync(join(place, name));
    const trace = join(place, 'trace');
    const program = `"${process.execPath}" "${tidegateProgram}"`;
    const script = `${program} run --to production || exit $?; ${program} stop`; // strace follows what is deployed until it ends

    const ended = await spawnAndWait('strace', ['-f', '-y', '-q', '-o', trace, '-e', `trace=${tracedCalls},chdir`, 'sh', '-c', script], {
      cwd: at.project,
      variables: {
        PATH: `${dirname(realPython())}:/usr/local/bin:/usr/bin:/bin`,
        HOME: join(place, 'user'),
        TMPDIR: join(place, 'temporary'),
        TIDEGATE_HOME: at.home,
        TIDEGATE_SANDBOX: 'off', // a sandbox is put up from folders and a loopback of its own, whose paths mean nothing here
      },
    });

    assert.match(ended.stdout, /production: release \w+ is live/, ended.stderr);
    assert.equal(ended.code, 0, ended.stderr);
    const calls = readFileSync(trace, 'utf8');
    for (const program of ['models\\.price', 'trials\\.price-api', 'production/price-api'])
      assert.match(calls, new RegExp(`chdir\\("${place}/home/[^"]*${program}`), 'the trace has not seen it');
    assert.deepEqual(strayCalls(calls, [at.project, at.home, join(place, 'temporary')]), []);
    assert.deepEqual(readdirSync(join(place, 'user'), { recursive: true }), []);
  },
);

test('a trace is read to the working folder: what leaves it is seen', () => {
  const harmless = [
    '7 chdir("/place/project") = 0',
    '7 mkdir("build", 0755) = 0',
    '7 openat(AT_FDCWD</place/project>, "build/x", O_WRONLY|O_CREAT, 0600) = 3</place/project/build/x>',
    '7 rename("/place/project/a", "/place/project/b" <unfinished ...>',
    '7 <... rename resumed>) = 0',
  ];
  const stray = [
    '7 chdir("/etc") = 0',
    '7 openat(AT_FDCWD</elsewhere>, "x", O_WRONLY|O_CREAT, 0600) = 3</elsewhere/x>',
    '7 rename("/place/project/a", "/place/projects") = 0',
  ];

  assert.deepEqual(strayCalls([...harmless, ...stray].join('\n'), ['/place/project']), stray);
});

/** Homes with the prices that the model in ONNX predicts, a little off. */
async function addHomes(at: Stage): Promise<void> {
  const { rows, prediction }: { readonly rows: readonly { readonly [name: string]: unknown }[]; readonly prediction: readonly number[] } =
    JSON.parse(readFileSync(join(fixtures, 'regression.cases.json'), 'utf8'));
  const lines = Array.from({ length: 400 }, (_, index) => {
    const [row, price = 0] = [rows[index % rows.length], prediction[index % rows.length]];
    const moment = new Date(Date.UTC(2024, 0, 1, index)).toISOString();
    return [`h${index}`, moment, row?.['town'] ?? '', row?.['area'] ?? '', row?.['rooms'] ?? '', price + ((index % 7) - 3) / 10].join(',');
  });
  mkdirSync(join(at.project, 'data'));
  writeFileSync(join(at.project, 'data/homes.csv'), `id,moment,town,area,rooms,price\n${lines.join('\n')}\n`);
  copyFileSync(join(fixtures, 'regression.onnx'), join(at.project, 'regression.onnx'));
  await at.git(['add', '.']);
  await at.git(['commit', '--quiet', '--message', 'Add homes and a model']);
}

/** Not a shim of a version manager, which writes files of its own. */
function realPython(): string {
  return execFileSync('python3', ['-c', 'import os, sys; print(os.path.realpath(sys.executable))']).toString().trim();
}
