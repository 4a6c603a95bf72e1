import { failure } from '@tidegate/formats';

/**
 * The address as the driver takes it. `require` and `verify-ca` check the certificate as `verify-full` does, and `prefer` as well; `no-verify` encrypts without a
 * check. The driver does so, too, and prints a warning each time that it will not for ever: with `verify-full` it says nothing.
 *
 * @throws TG-SOURCE-ADDRESS for an address of something else, without the address
 */
export function postgresAddress(text: string): string {
  if (!/^postgres(ql)?:\/\//.test(text))
    throw failure(
      'TG-SOURCE-ADDRESS',
      'Cannot connect to PostgreSQL: its address does not begin with postgres://',
      'Write postgres://USER:PASSWORD@HOST:PORT/DATABASE, and %40 for an @ in the password',
    );
  if (/[?&]uselibpqcompat=/.test(text)) return text;
  return text.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}
