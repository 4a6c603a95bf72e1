import { type Digest, digest } from './digest.ts';
import { list, map, number, object, optional, record, required, type Shape, text, type TypeOf } from './shape.ts';

/**
 * What a supervisor tells a model server over Node's IPC channel (`serve --listen ipc`).
 *
 * `listen` carries the TCP handle of the stable address. The server keeps it and must not accept before `accept`: only then
 * `httpServer.listen(handle)`. `drain`: close the server's own copy of the handle, finish what was taken, exit with 0 within
 * 10 s. When the channel closes, the supervisor is gone: drain as well.
 */
export type ToServer = { readonly type: 'listen' } | { readonly type: 'accept' } | { readonly type: 'drain' };

/** What a model server tells its supervisor, once: the model is loaded and warmed up. */
export interface FromServer {
  readonly type: 'ready';
  readonly pid: number;
}

const digestShape: Shape<Digest> = map(text({ pattern: /^sha256:[0-9a-f]{64}$/, wants: 'a digest' }), (value) => digest(value));

const processShape = object({ pid: required(number({ integer: true })), startedAt: required(text()), boot: required(text()) });

/** `state.json` in the folder of a supervisor: written by it, read by whoever asks what runs. Format: docs/reference/formats/supervisor.md. */
export const supervisorStateShape = object({
  format: required(text({ pattern: /^tidegate\.supervisor\/1$/, wants: '"tidegate.supervisor/1"' })),
  /** The process that wrote this; the rest is history when it no longer runs. */
  supervisor: required(processShape),
  /** Path of the Unix socket that takes {@link SupervisorRequest}s, one JSON a line. */
  control: required(text()),
  /** Port of the stable address on loopback, kept for the next deployment; absent before the first. */
  port: optional(number({ integer: true, minimum: 1, maximum: 65_535 })),
  /** What is live; absent when nothing is. */
  live: optional(
    object({
      release: required(digestShape),
      /** Digest of the settings it was started with. */
      settings: required(digestShape),
      /** ISO 8601, of the process that serves now; absent while it is being started again. */
      startedAt: optional(text()),
      server: optional(processShape),
      /** Times the server was started again after it had ended by itself, since it became live. */
      restarts: required(number({ integer: true, minimum: 0 })),
    }),
  ),
});
export type SupervisorState = TypeOf<typeof supervisorStateShape>;

/** Switch to a release. Closing the connection before the switch calls it off. */
export const deployRequestShape = object({
  type: required(text({ pattern: /^deploy$/ })),
  release: required(digestShape),
  settings: required(digestShape),
  /** The whole command of the model server. */
  argv: required(list(text(), { minimum: 1 })),
  /** The whole environment of the model server. */
  variables: required(record(text())),
  /** Wanted port; 0 = the one of last time, or the first free one from `firstPort` on. */
  port: required(number({ integer: true, minimum: 0, maximum: 65_535 })),
  firstPort: required(number({ integer: true, minimum: 1, maximum: 65_535 })),
  readyWithinMs: required(number({ minimum: 1 })),
  /** Path that answers 200 when the release serves. */
  probe: required(text({ pattern: /^\// })),
});
export type SupervisorDeploy = TypeOf<typeof deployRequestShape> & { readonly type: 'deploy' };
export type SupervisorRequest = SupervisorDeploy | { readonly type: 'stop' };

/** Answers to a request: any number of `progress`, then one of the others. */
export type SupervisorReply =
  | { readonly type: 'progress'; readonly doing: string }
  | { readonly type: 'deployed'; readonly port: number; readonly switchMs: number; readonly pid: number }
  | { readonly type: 'stopped' }
  | {
      readonly type: 'failed';
      /** `not-ready`: the server did not become ready or did not answer; `port`: the address cannot be had; `request`: it was not understood. */
      readonly why: 'not-ready' | 'port' | 'request' | 'cancelled';
      readonly message: string;
      /** Last lines that the server wrote. */
      readonly output: readonly string[];
    };
