import { failure } from '@tidegate/formats';
import { networkFault } from '../../../platform/index.ts';

/** What is wrong with a server, as what it means for a remote. */
export interface ToldOfServer {
  readonly status: (status: number, message: string, doing: string) => Error;
  readonly network: (error: unknown) => Error;
}

export function toldOfServer(address: string, host: string): ToldOfServer {
  const unusable = (found: string, hint: string): Error =>
    failure('TG-STORE-REMOTE', `Cannot use "${address}" as a remote: ${found}`, hint);
  const unreachable = (found: string, hint: string, cause?: unknown): Error =>
    failure('TG-STORE-REMOTE-UNREACHABLE', `Cannot reach the remote "${address}": ${found}`, hint, cause);
  return {
    status: (status, message, doing) => {
      const said = message === '' ? '' : `: ${message}`;
      if (status === 401)
        return unusable(
          'the server does not know the token',
          'Correct the secret that "token" names, or get a new one from whoever runs the server',
        );
      if (status === 403)
        return failure(
          'TG-STORE-REMOTE-ZONE',
          `Cannot ${doing} in the remote "${address}"${said}`,
          'Let whoever has a token of a more trusted zone do so',
        );
      if (status === 507 || status === 413)
        return failure('TG-STORE-REMOTE-NOT-WRITABLE', `Cannot write to the remote "${address}"${said}`, 'Let whoever runs it make room');
      if (status >= 500 || status === 429)
        return unreachable(`it answers with ${status}${said}`, 'Look whether the server is well, and try again');
      return unusable(`it answers with ${status}${said}`, 'Give the address that "tidegate remote serve FOLDER" printed');
    },
    network: (error) => {
      const { found, hint } = networkFault(error, host) ?? {
        found: error instanceof Error ? error.message : String(error),
        hint: 'Look at the network, and try again',
      };
      return unreachable(found, hint, error);
    },
  };
}
