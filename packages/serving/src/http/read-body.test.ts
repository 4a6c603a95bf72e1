import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { bodyBudget } from './body-budget.ts';
import { isJson, readBody } from './read-body.ts';

test('a body that comes in pieces is put together', async (t) => {
  const { send } = await reading(t, 100, 100);

  assert.equal(await send(['ab', 'cd', 'é']), 'read abcdé');
});

test('a body without a length is refused once it is over the limit', async (t) => {
  const { send } = await reading(t, 5, 100);

  assert.match(await send(['abc', 'def']), /TG-SERVING-BODY-SIZE: Cannot take a body of 6 bytes: the limit is 5/);
});

test('bodies that fill the budget of all are refused, and taken again after the others are answered', async (t) => {
  const { send, budget } = await reading(t, 10, 12);
  const other = budget();
  assert.ok(other.take(8));

  const refused = await send(['abcdef']);
  other.release();
  const taken = await send(['abcdef']);

  assert.match(refused, /TG-SERVING-OVERLOADED/);
  assert.equal(taken, 'read abcdef');
  assert.ok(budget().take(12), 'everything was given back');
});

async function reading(t: TestContext, limit: number, limitOfAll: number) {
  const budget = bodyBudget(limitOfAll);
  const server = createServer((incoming, response) => {
    const hold = budget();
    response.once('close', hold.release);
    readBody(incoming, { limit, hold, takes: isJson }).then(
      (bytes) => response.end(`read ${bytes.toString()}`),
      (error) => response.end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { budget, send: (pieces: readonly string[]) => send(port, pieces) };
}

/** Sends a body in pieces, without a length. */
async function send(port: number, pieces: readonly string[]): Promise<string> {
  const sent = request({ port, host: '127.0.0.1', method: 'POST', agent: false });
  for (const piece of pieces) sent.write(piece);
  sent.end();
  const [answer] = await once(sent, 'response');
  const chunks: Buffer[] = await answer.toArray();
  await once(sent, 'close');
  return Buffer.concat(chunks).toString();
}
