import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

test('words for stdout and stderr come in the order in which they were written, all of them and bytes among them, however the process ends', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-output-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const end of ['', 'process.exit(3)', "throw new Error('broken')"]) {
    const script = `
      import { patientOutput } from ${JSON.stringify(import.meta.resolve('./output.ts'))};
      const [out, err] = [patientOutput(process.stdout), patientOutput(process.stderr)];
      process.on('uncaughtException', () => process.exit(4));
      out.write('1\\n');
      out.write('2\\n');
      err.write('3\\n');
      out.write('4\\n');
      await new Promise((done) => setImmediate(done));
      err.write('5\\n');
      out.write('6\\n');
      await out.pour((async function* () { yield Buffer.from([0xff]); yield Buffer.from('\\n'); })());
      out.write('7\\n');
      ${end}`;
    const file = openSync(join(folder, 'both'), 'w');

    spawnSync(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', file, file] });
    closeSync(file);

    assert.equal(readFileSync(join(folder, 'both'), 'latin1'), '1\n2\n3\n4\n5\n6\n\xff\n7\n', end);
  }
});
