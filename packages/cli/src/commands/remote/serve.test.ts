import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Invocation } from '../../command.ts';
import { serve } from './serve.ts';
import { token } from './token.ts';

interface Told {
  readonly invocation: Invocation;
  readonly lines: readonly string[];
  readonly end: () => void;
}

function called(t: TestContext, positionals: readonly string[], options: { readonly [name: string]: string | true } = {}): Told {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-serve-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const abort = new AbortController();
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const terminal = { line: (line: string) => void lines.push(line), json: () => {} } as unknown as Invocation['terminal'];
  const rest = { rest: [], texts: () => [], json: false, cwd: folder, variables: {}, signal: abort.signal };
  return { invocation: { ...rest, positionals, terminal, text, flag: (name) => options[name] === true }, lines, end: () => abort.abort() };
}

test('a remote is served with a token that is told once, and ends when it is told to', async (t) => {
  const { invocation, lines, end } = called(t, ['serve', 'remote'], { listen: '127.0.0.1:0' });
  const serving = serve(invocation);
  while (lines.length < 2) await new Promise((done) => setTimeout(done, 5));

  const made = /once: (\S+)$/.exec(lines[0] ?? '')?.[1] ?? '';
  const url = /served at (\S+);/.exec(lines[1] ?? '')?.[1] ?? '';
  const answer = await fetch(`${url}/v1/about`, { headers: { authorization: `Bearer ${made}` } });

  assert.deepEqual(await answer.json(), { protocol: 'tidegate.remote-http/1', zone: 'main' });
  end();
  assert.equal(await serving, 0);
  assert.ok(statSync(join(invocation.cwd, 'remote/.tokens')).isFile());
  await assert.rejects(fetch(`${url}/v1/about`));
});

test('nothing is served to other machines without TLS, nor with half of a certificate', async (t) => {
  const open = called(t, ['serve', 'remote'], { listen: '0.0.0.0:0' });
  const half = called(t, ['serve', 'remote'], { certificate: 'certificate.pem' });
  const odd = called(t, ['serve', 'remote'], { listen: 'somewhere' });

  await assert.rejects(serve(open.invocation), /TG-STORE-REMOTE-SERVE: .* for everybody to read/);
  await assert.rejects(serve(half.invocation), /TG-CLI-USAGE: .* go together/);
  await assert.rejects(serve(odd.invocation), /TG-CLI-USAGE: .* no HOST:PORT/);
});

test('a token is made for a zone that there is, in a file that is named', async (t) => {
  const right = called(t, ['token', 'branch'], { tokens: 'tokens', name: 'ci' });

  assert.equal(await token(right.invocation), 0);

  assert.match(right.lines[0] ?? '', /^Token for the zone branch, told this once: [A-Za-z0-9_-]{43}$/);
  await assert.rejects(token(called(t, ['token', 'boss'], { tokens: 'tokens' }).invocation), /TG-CLI-USAGE: .* none of that name/);
  await assert.rejects(token(called(t, ['token', 'main']).invocation), /TG-CLI-USAGE: .* which file/);
});
