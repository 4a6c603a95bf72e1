import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** A request that was answered with 200. */
export interface Answered {
  readonly id: string;
  readonly release: string;
  readonly prediction: number | null;
  /** `Date.now()` when the answer was whole. */
  readonly at: number;
}

/** A request that was answered otherwise, or not at all. */
export interface Failed {
  /** Status and code of an answer such as `503 TG-SERVING-MODEL-DOWN`; code of a broken connection such as `ECONNRESET`. */
  readonly how: string;
  readonly at: number;
}

export interface Load {
  readonly answered: readonly Answered[];
  readonly failed: readonly Failed[];
  /** Longest time a request took, whatever came of it, ms. */
  readonly slowestMs: () => number;
  /** Waits until this many more requests were answered. */
  readonly more: (answers: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface LoadOptions {
  /** Callers that keep their connection, and callers that open one for each request. */
  readonly kept: number;
  readonly fresh: number;
  readonly pauseMs: number;
}

/** Callers that send one request of one row after another, each as soon as it has an answer and a pause is over. */
export function startLoad(address: string, row: object, { kept, fresh, pauseMs }: LoadOptions = { kept: 2, fresh: 2, pauseMs: 5 }): Load {
  const answered: Answered[] = [];
  const failed: Failed[] = [];
  let slowestMs = 0;
  let over = false;
  const body = JSON.stringify({ rows: [row] });
  const caller = async (agent: Agent | false): Promise<void> => {
    while (!over) {
      const began = performance.now();
      const outcome = await ask(`${address}/v1/predict`, body, agent);
      slowestMs = Math.max(slowestMs, performance.now() - began);
      if ('how' in outcome) failed.push(outcome);
      else answered.push(outcome);
      await wait(pauseMs);
    }
    if (agent) agent.destroy();
  };
  const agents = [...Array.from({ length: kept }, () => new Agent({ keepAlive: true, maxSockets: 1 })), ...Array(fresh).fill(false)];
  const callers = Promise.all(agents.map(caller));
  return {
    answered,
    failed,
    slowestMs: () => slowestMs,
    more: async (answers) => {
      const wanted = answered.length + answers;
      while (answered.length < wanted) await wait(10);
    },
    stop: async () => {
      over = true;
      await callers;
    },
  };
}

async function ask(url: string, body: string, agent: Agent | false): Promise<Answered | Failed> {
  const answer = await post(url, body, agent).catch((error: NodeJS.ErrnoException) => error);
  const at = Date.now();
  if (answer instanceof Error) return { how: answer.code ?? answer.message, at };
  const told: Told = JSON.parse(answer.body);
  const [{ id, prediction } = { id: '', prediction: null }] = told.predictions ?? [];
  return answer.status === 200 ? { id, prediction, release: told.release ?? '', at } : { how: `${answer.status} ${told.code ?? ''}`, at };
}

interface Told {
  readonly code?: string;
  readonly release?: string;
  readonly predictions?: readonly { readonly id: string; readonly prediction: number | null }[];
}

function post(url: string, body: string, agent: Agent | false): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
      (answer: IncomingMessage) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
        answer.once('error', reject);
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
