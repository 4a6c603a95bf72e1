import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noSandbox } from '../commands/test-sandbox.ts';
import { serveOnLoopback, writeFile } from '../platform/index.ts';
import { flightInputs, linearModel, openRig, projectOf } from './fixtures/evaluation-rig.ts';

/** A model that reaches for what is not its own, when it is loaded and when it is asked, and says what it got hold of. */
const curious = (port: number, secret: string): string => `import os, socket

def reach():
    got = []
    try:
        socket.create_connection(("127.0.0.1", ${port}), 2).close()
        got.append("the network")
    except OSError:
        pass
    try:
        open(${JSON.stringify(secret)}).read()
        got.append("a file of the machine")
    except OSError:
        pass
    try:
        open(os.path.abspath(__file__), "a").close()
        got.append("its own file")
    except OSError:
        pass
    if got:
        raise RuntimeError("it reached " + ", ".join(got))

reach()
${linearModel(0.35, 0.35).replace('def predict(rows):', 'def predict(rows):\n    reach()\n    open("own.txt", "w").close()')}`;

async function curiousRun(variables: { readonly [name: string]: string }) {
  await using rig = await openRig();
  const server = await serveOnLoopback({ port: 0, bodyLimit: 1, answer: async () => ({ status: 200, headers: {}, body: '' }) });
  try {
    const secret = `${rig.folder}/secret.txt`;
    await writeFile(secret, 'nobody may read this');
    const inputs = await flightInputs(rig, curious(server.port, secret));
    return await rig.evaluate(projectOf({}, { min: { auc: 0.55 } }), { inputs, champion: null, variables });
  } finally {
    await server.close();
  }
}

test('the code of a model is evaluated with no network, no file but its own, and none to write', { skip: noSandbox }, async () => {
  const { evidence } = await curiousRun({});

  const told = evidence.find(({ name }) => name === 'safety.sandbox');
  assert.deepEqual([told?.verdict, told?.blocking, told?.details], ['pass', true, { sandbox: true }]);
});

test('without a sandbox the same code reaches all of it', { skip: noSandbox }, async () => {
  await assert.rejects(curiousRun({ TIDEGATE_SANDBOX: 'off' }), /it reached the network, a file of the machine, its own file/);
});

test('that there was no sandbox is told, and stops nothing', async () => {
  await using rig = await openRig();
  const inputs = await flightInputs(rig, linearModel(0.35, 0.35));

  const { evidence } = await rig.evaluate(projectOf({}, { min: { auc: 0.55 } }), {
    inputs,
    champion: null,
    variables: { TIDEGATE_SANDBOX: 'off' },
  });

  const told = evidence.find(({ name }) => name === 'safety.sandbox');
  assert.deepEqual([told?.verdict, told?.blocking], ['inconclusive', false]);
  assert.match(told?.reason ?? '', /without a sandbox.*: TIDEGATE_SANDBOX=off$/);
});
