import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEngine, quoteText } from '@tidegate/runtime';
import { callCommandLine } from '../packages/cli/src/test-command-line.ts';
import { type S3Server, skipWithoutS3, startS3Server } from '../packages/core/src/platform/s3/test-s3-server.ts';
import { startCuttingProxy } from '../packages/core/src/platform/test-cutting-proxy.ts';

const days = ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'];

test(
  'of Parquet in a bucket a description costs the footer, a partition its rows, a push with nothing new next to nothing',
  {
    skip: skipWithoutS3() ?? false,
  },
  async (t) => {
    await using server: S3Server = await startS3Server();
    await using proxy = await startCuttingProxy(server.endpoint, { afterBytes: Infinity, times: 0 });
    const { bucket } = await server.makeBucket();
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-little-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const [project, clone] = [join(folder, 'project'), join(folder, 'clone')];
    mkdirSync(join(project, 'data'), { recursive: true });
    writeFileSync(
      join(project, 'tidegate.yaml'),
      `version: 1
project: wide
remote: { s3: { bucket: ${bucket}, region: ${server.region}, endpoint: "${proxy.url}", access_key: ${server.accessKey}, secret_key: { secret: S3_SECRET } } }
data:
  wide: { from: { files: data/wide.parquet } }
  sales: { from: { files: data/sales.csv }, table: { key: [day, id] }, partitions: { by: day(day) } }
`,
    );
    using engine = await openEngine({ threads: 1 });
    const columns = Array.from({ length: 8 }, (_, index) => `hash(i + ${index}) AS h${index}`).join(', ');
    const wide = join(project, 'data/wide.parquet');
    await engine.run(
      `COPY (SELECT i AS id, ${columns} FROM range(60000) t(i)) TO ${quoteText(wide)} (FORMAT parquet, ROW_GROUP_SIZE 20480)`,
    );
    const rows = days.flatMap((day) => Array.from({ length: 5_000 }, (_, id) => `${id},${day},${(id * 7919) % 1_000_003}`));
    writeFileSync(join(project, 'data/sales.csv'), `id,day,amount\n${rows.join('\n')}\n`);
    const caller =
      (cwd: string, home: string) =>
      async (line: string): Promise<{ readonly stdout: string; readonly bytes: number }> => {
        const keys = { TIDEGATE_SECRET_S3_SECRET: server.secretKey };
        const variables = { ...keys, PATH: process.env['PATH'], HOME: folder, TIDEGATE_HOME: join(folder, home) };
        const before = proxy.answered();
        const { code, stdout, stderr } = await callCommandLine(line.split(' '), { cwd, variables });
        assert.equal(code, 0, `${line}: ${stdout}${stderr}`);
        return { stdout, bytes: proxy.answered() - before };
      };
    const here = caller(project, 'home');
    await here('data commit');
    await here('data push');
    mkdirSync(clone);
    for (const name of ['tidegate.yaml', 'tidegate.lock']) cpSync(join(project, name), join(clone, name));

    const { size } = statSync(wide);
    const again = await here('data push');
    const there = caller(clone, 'other-home');
    const status = await there('data status');
    const described = await there('data show wide --file data/wide.parquet --json');
    const partition = await there('data pull sales --partition day=2026-01-02');
    const rest = await there('data pull sales');

    assert.ok(again.bytes < 20_000, `a push with nothing new: ${again.bytes} bytes`);
    assert.ok(status.bytes < 60_000, `a status: ${status.bytes} bytes`);
    assert.equal((JSON.parse(described.stdout) as { readonly rows: number }).rows, 60_000);
    assert.ok(described.bytes < 200_000 && size > 4_000_000, `a description: ${described.bytes} of ${size} bytes`);
    assert.ok(partition.bytes < rest.bytes, `a partition: ${partition.bytes} bytes, and the rest: ${rest.bytes}`);
  },
);
