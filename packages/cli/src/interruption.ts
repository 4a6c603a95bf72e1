/** What bin/other-node.js sends instead of a signal. */
interface Told {
  readonly interrupted: NodeJS.Signals;
}

/**
 * First Ctrl-C, SIGTERM or closed terminal: an orderly end; a second one: at once. Started through an older Node, a signal may come
 * twice: from the terminal, which tells every process of its group, and as a message of the Node that waits. Each way is counted by itself.
 */
export function interruptible(): AbortSignal {
  const controller = new AbortController();
  const times = { signalled: 0, told: 0 };
  const count = (way: keyof typeof times, signal: string): void => {
    times[way]++;
    if (times[way] > 1) return void endAtOnce();
    controller.abort(new Error(signal));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => count('signalled', signal));
  if (process.channel === undefined || process.channel === null) return controller.signal;
  process.on('message', (message) => isTold(message) && count('told', message.interrupted));
  process.channel.unref(); // waiting for a message is no reason to go on
  return controller.signal;
}

/** The engine is loaded when there is anything to end. */
async function endAtOnce(): Promise<never> {
  const { endCommands } = await import('@tidegate/core');
  endCommands();
  return process.exit(130);
}

function isTold(message: unknown): message is Told {
  return typeof message === 'object' && message !== null && 'interrupted' in message;
}
