import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { casesOf, makeRelease } from './test-release.ts';
import { startServer } from './test-server.ts';

const cache = process.env['TIDEGATE_CI_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tidegate-ci');
/** A Python with `tritonclient[http]`. */
const python = process.env['TIDEGATE_TRITONCLIENT'] ?? join(cache, 'tritonclient/bin/python');
const isThere = spawnSync(python, ['-c', 'import tritonclient.http']).status === 0;
if (!isThere && process.env['TIDEGATE_REQUIRE_SERVICES'] === '1') throw new Error(`"${python}" has no tritonclient`);
const options = { skip: isThere ? false : 'no Python with tritonclient: name one in TIDEGATE_TRITONCLIENT' };

/** Asks as the client does by itself: inputs and outputs as binary tensors. */
const program = `
import json, sys
import numpy as np
import tritonclient.http as http
from tritonclient.utils import InferenceServerException

address, rows = sys.argv[1], json.loads(sys.argv[2])
client = http.InferenceServerClient(address)
assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("tide")
metadata = client.get_model_metadata("tide")
types = {"BYTES": np.object_, "FP32": np.float32}
inputs = []
for tensor in metadata["inputs"]:
    values = [row[tensor["name"]] for row in rows]
    array = np.array([np.nan if value is None else value for value in values], dtype=types[tensor["datatype"]]).reshape(-1, 1)
    one = http.InferInput(tensor["name"], list(array.shape), tensor["datatype"])
    one.set_data_from_numpy(array)
    inputs.append(one)
answers = [client.infer("tide", inputs, request_id="42"),
           client.infer("tide", inputs, outputs=[http.InferRequestedOutput("variable", binary_data=False)]),
           client.infer("tide", inputs, model_version=metadata["versions"][0], outputs=[http.InferRequestedOutput("variable")])]
try:
    client.infer("tide", inputs[:1])
    refused = None
except InferenceServerException as error:
    refused = error.message()
print(json.dumps({"values": [a.as_numpy("variable").reshape(-1).tolist() for a in answers], "id": answers[0].get_response()["id"],
                  "extensions": client.get_server_metadata()["extensions"], "refused": refused}))
`;

test("Triton's own client is answered with what it does by itself", options, async (t) => {
  const release = await makeRelease({ file: 'regression.onnx', flavor: 'onnx' });
  const server = await startServer(['--release', release.folder]);
  t.after(async () => {
    await server.stop();
    await release.remove();
  });
  const { rows, prediction } = await casesOf('regression');

  const printed = execFileSync(python, ['-c', program, server.address.replace('http://', ''), JSON.stringify(rows)], { encoding: 'utf8' });
  const { values, id, extensions, refused } = JSON.parse(printed) as {
    values: number[][];
    id: string;
    extensions: string[];
    refused: string;
  };

  for (const answered of values) {
    assert.equal(answered.length, prediction.length);
    for (const [index, value] of answered.entries()) assert.ok(Math.abs(value - Number(prediction[index])) < 1e-4, `row ${index}`);
  }
  assert.equal(id, '42');
  assert.deepEqual(extensions, ['binary_tensor_data']);
  assert.match(refused, /the input "area" is missing/);
});
