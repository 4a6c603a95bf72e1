import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemPlatform } from '../platform/index.ts';
import { commandRig } from './test-rig.ts';

const token = 'tk_7f3aQ/+Zp9&x2';
const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const account = JSON.stringify({ user: 'deployer-of-models', key: 'k3y-of-the-account' });
const values = { TIDEGATE_SECRET_TOKEN: token, TIDEGATE_SECRET_PEM: pem, ACCOUNT: account };
const variables = 'variables: { API_TOKEN: { secret: TOKEN }, PEM: { secret: PEM }, ACCOUNT: { secret: ACCOUNT } }';

/** Everything that would give one of the secrets away, found anywhere below the folder of the rig, compressed or not. */
const telling = [
  token,
  encodeURIComponent(token),
  Buffer.from(token).toString('hex'),
  Buffer.from(token).toString('base64').slice(0, 16),
  ...pem.split('\n').slice(1, 3),
  'deployer-of-models',
  'k3y-of-the-account',
];

function rigWith(t: TestContext, script: string, more: { readonly [name: string]: string } = {}) {
  return commandRig(t, { 'step.py': script }, { ...systemPlatform.variables, ...values, ...more });
}

function leaks(folder: string): readonly string[] {
  return telling.filter((text) => {
    try {
      execFileSync('grep', ['-rlaF', '-e', text, folder], { stdio: 'pipe' });
      return true;
    } catch {
      return false; // grep ends with 1 where it finds nothing
    }
  });
}

const babbling = `
import base64, json, os, sys, time, urllib.parse
token, pem, account = os.environ["API_TOKEN"], os.environ["PEM"], os.environ["ACCOUNT"]
print("plain", token, json.dumps({"t": token}), urllib.parse.quote(token, safe=""), urllib.parse.quote_plus(token))
print(base64.b64encode(token.encode()).decode(), base64.b64encode(b"x" + token.encode()).decode(), token.encode().hex())
print(pem)
print(json.dumps({"pem": pem}), file=sys.stderr)
print(base64.encodebytes(pem.encode()).decode())
print(account, json.loads(account)["key"], json.loads(account)["user"])
os.write(1, token[:7].encode()); time.sleep(0.05); os.write(1, token[7:].encode() + b"\\n")
os.write(1, token[:9].encode() + b"\\n" + token[9:].encode() + b"\\n")
print("e is a letter")
open("ok.txt", "w").write("nothing secret")
`;

test('hostile 37: a step that prints its secrets in every form leaves none of them in log, events, records or store', async (t) => {
  const rig = rigWith(t, babbling);
  const lines: string[] = [];

  const run = await rig.run(`steps: { babble: { run: python step.py, ${variables}, out: { ok: ok.txt } } }`, {
    onOutput: (text) => void lines.push(...text.split('\n')),
  });

  assert.equal(run.status, 'succeeded', JSON.stringify(run.steps[0]?.failure));
  const shown = lines.join('\n');
  assert.deepEqual(
    telling.filter((text) => shown.includes(text) || JSON.stringify(run).includes(text)),
    [],
  );
  assert.ok(lines.includes('e is a letter'));
  assert.ok(lines.filter((line) => line.includes('***')).length > 10);
  assert.deepEqual(leaks(rig.folder), []);
});

test('hostile 37: an error and a failed test are told without the secrets that they name', async (t) => {
  const failing = 'import os\nraise SystemExit("cannot log in with " + os.environ["API_TOKEN"] + "\\n" + os.environ["PEM"])\n';
  const rig = rigWith(t, failing);

  const step = await rig.step(`steps: { fail: { run: python step.py, ${variables} } }`);
  const suite = await rig.step(`tests: { fail: { run: python step.py, ${variables} } }`);

  assert.match(step.failure?.message ?? '', /cannot log in with \*\*\*\n\*\*\*/);
  assert.equal(suite.evidence[0]?.verdict, 'fail');
  assert.match(JSON.stringify(suite.evidence[0]), /cannot log in with \*\*\*/);
  assert.deepEqual(
    telling.filter((text) => JSON.stringify([step, suite]).includes(text)),
    [],
  );
  assert.deepEqual(leaks(rig.folder), []);
});

for (const [form, write] of [
  ['as it is', 'token'],
  ['in base64 over lines', 'base64.encodebytes((pem * 3).encode()).decode()'],
  ['as one line of a key', 'pem.split("\\n")[1]'],
  ['at the border of two blocks', '"x" * (2**20 - 9) + token'],
] as const)
  test(`hostile 37: a step that writes a secret into an output is refused: ${form}`, async (t) => {
    const rig = rigWith(
      t,
      `import base64, os\ntoken, pem = os.environ["API_TOKEN"], os.environ["PEM"]\nos.makedirs("out")\nopen("out/a.txt", "w").write("a")\nopen("out/b.txt", "w").write(${write})\n`,
    );

    const { status, failure } = await rig.step(`steps: { write: { run: python step.py, ${variables}, out: { all: out } } }`);

    assert.deepEqual([status, failure?.code], ['failed', 'TG-SECRETS-IN-OUTPUT']);
    assert.match(
      failure?.message ?? '',
      /^Cannot keep the output "all" of "steps.write": "out\/b.txt" holds the secret of "(API_TOKEN|PEM)"$/,
    );
    assert.deepEqual(leaks(join(rig.folder, 'home/objects')), []);
  });

test('hostile 37: a value that stands in the command is refused before anything of it is kept', async (t) => {
  const rig = rigWith(t, 'pass');

  const argument = await rig.step(`steps: { a: { run: [python, step.py, "--token=${token}"], ${variables} } }`);
  const variable = await rig.step(`steps: { a: { run: python step.py, variables: { TOKEN: { secret: TOKEN }, COPY: "${token}" } } }`);

  assert.equal(argument.failure?.code, 'TG-SECRETS-EXPOSED');
  assert.equal(argument.failure?.message, 'Cannot run "steps.a": the value of its secret "API_TOKEN" stands in settings.run.2');
  assert.match(variable.failure?.message ?? '', /stands in variables.COPY$/);
  assert.deepEqual(leaks(join(rig.folder, 'home')), []);
});

test('hostile 37: a secret of fewer than eight characters is refused, and one without a value is told', async (t) => {
  const short = await rigWith(t, 'pass', { TIDEGATE_SECRET_TOKEN: 'abc' }).step(`steps: { a: { run: python step.py, ${variables} } }`);
  const none = await rigWith(t, 'pass').step('steps: { a: { run: python step.py, variables: { T: { secret: NOWHERE } } } }');

  assert.equal(short.failure?.code, 'TG-SECRETS-TOO-SHORT');
  assert.match(short.failure?.message ?? '', /^Cannot use the secret "TOKEN" in "steps.a": it has fewer than 8 characters$/);
  assert.deepEqual(
    [none.failure?.code, none.failure?.message],
    ['TG-SECRETS-MISSING', 'Cannot run "steps.a": the secret "NOWHERE" has no value'],
  );
  assert.match(none.failure?.hint ?? '', /export TIDEGATE_SECRET_NOWHERE=/);
});

test('rule 6: a secret enters the key only as a keyed hash: another value runs the step again, the same one does not', async (t) => {
  const rig = rigWith(t, 'import os\nopen("n.txt", "w").write(str(len(os.environ["API_TOKEN"])))\n');
  const yaml = `steps: { a: { run: python step.py, ${variables}, out: { n: n.txt } } }`;
  const first = await rig.step(yaml);

  const same = await rig.step(yaml);
  const other = await rig.step(yaml.replace('API_TOKEN: { secret: TOKEN }', 'API_TOKEN: { secret: ACCOUNT }'));

  assert.deepEqual([first.status, same.status, other.status], ['done', 'hit', 'done'], JSON.stringify(first.failure));
  assert.deepEqual(
    other.reasons.map((reason) => reason.kind === 'setting-changed' && reason.setting),
    ['secrets.API_TOKEN'],
  );
  assert.deepEqual(leaks(join(rig.folder, 'home')), []);
});
