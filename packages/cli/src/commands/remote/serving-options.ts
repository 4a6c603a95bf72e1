import type { Command } from '../../command.ts';

/** Options of the verbs that serve a remote and make tokens for it. */
export const servingOptions: Command['options'] = {
  listen: { type: 'string', value: 'HOST:PORT', help: 'serve: where (default 127.0.0.1:8470: this machine only; port 0 = a free one)' },
  tokens: {
    type: 'string',
    value: 'FILE',
    help: 'serve, token: the file of tokens (default of serve: FOLDER/.tokens, made with one of main)',
  },
  certificate: { type: 'string', value: 'FILE', help: 'serve: certificate in PEM, with those between it and its authority' },
  key: { type: 'string', value: 'FILE', help: 'serve: the key of the certificate in PEM' },
  plain: { type: 'boolean', help: 'serve: listen for other machines without TLS, where a proxy in front of it has that' },
  name: { type: 'string', value: 'NAME', help: 'token: whom or what it is for (default: its zone)' },
};
