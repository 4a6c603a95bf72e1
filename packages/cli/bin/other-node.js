import { spawn } from 'node:child_process';

/**
 * Runs a program with another Node as if it were this one: same terminal, its exit code, or the signal that ended it. A signal is
 * handed on as a message: Ctrl-C in a terminal reaches the program by itself already, and a second signal would end it at once.
 */
export function runWith(node, argv) {
  const child = spawn(node, argv, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.connected && child.send({ interrupted: signal }));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const caught of signals) process.removeAllListeners(caught);
    process.kill(process.pid, signal);
  });
}
