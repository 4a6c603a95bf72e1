import { Agent, request } from 'node:http';

/** One prediction of an answer of `POST /v1/predict`. */
export interface Prediction {
  readonly id: string;
  readonly prediction: number;
  /** Features without a value, with why. */
  readonly features?: { readonly [feature: string]: string };
  /** Seconds from the event of what was looked up to the moment asked for, by view. */
  readonly ages?: { readonly [view: string]: number };
}

/** `release` and `predictions` are there when `status` is 200. */
export interface Answer {
  readonly status: number;
  readonly release?: string;
  readonly predictions?: readonly Prediction[];
}

/** A connection to the model server that is kept open from one request to the next. */
export interface Caller {
  /** @throws Error when no answer comes */
  readonly ask: (body: object) => Promise<Answer>;
  readonly close: () => void;
}

export function openCaller(address: string): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return { ask: (body) => post(`${address}/v1/predict`, JSON.stringify(body), agent), close: () => agent.destroy() };
}

function post(url: string, body: string, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.once('end', () => {
        const status = answer.statusCode ?? 0;
        resolve(status === 200 ? { ...(JSON.parse(text) as Omit<Answer, 'status'>), status } : { status });
      });
      answer.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
