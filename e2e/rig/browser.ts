import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Why there is no browser to test with; false when there is one. */
export const withoutBrowser: string | false = spawnSync('chromium', ['--version']).status === 0 ? false : 'there is no chromium';

/** A page in a browser without a screen. */
export interface BrowserPage extends AsyncDisposable {
  /** The value of an expression in the page. */
  readonly value: (expression: string) => Promise<unknown>;
  /** What the page complained of, the breaches of its content security policy among it. */
  readonly complaints: readonly string[];
}

/** Opens a page in Chromium and speaks the DevTools protocol with it. */
export async function openPage(url: string): Promise<BrowserPage> {
  const profile = mkdtempSync(join(tmpdir(), 'tg-browser-'));
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0', `--user-data-dir=${profile}`];
  const child = spawn('chromium', [...options, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = new Promise<void>((done) => child.once('close', () => done()));
  const browser = await new Promise<string>((found, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const address = /^DevTools listening on ws:\/\/(\S+?)\//.exec(line)?.[1];
      if (address !== undefined) found(address);
    });
    void closed.then(() => reject(new Error('Chromium ended')));
  });
  const targets = (await (await fetch(`http://${browser}/json`)).json()) as readonly { type: string; webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '');
  await new Promise((done) => socket.addEventListener('open', done, { once: true }));
  const complaints: string[] = [];
  const waiting = new Map<number, (message: Message) => void>();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.method === 'Log.entryAdded' || message.method === 'Runtime.exceptionThrown')
      complaints.push(JSON.stringify(message.params));
    waiting.get(message.id ?? 0)?.(message);
  });
  let last = 0;
  const ask = (method: string, params: object = {}): Promise<Message> =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  await ask('Log.enable');
  await ask('Runtime.enable');
  await ask('Page.navigate', { url });
  return {
    value: async (expression) => (await ask('Runtime.evaluate', { expression, returnByValue: true })).result?.result?.value,
    complaints,
    [Symbol.asyncDispose]: async () => {
      socket.close();
      child.kill();
      await closed;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: object;
  readonly result?: { readonly result?: { readonly value?: unknown } };
}
