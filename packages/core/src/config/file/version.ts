import { shape } from '@tidegate/formats';

/** The version of a file of ours that users keep; a newer one says what to install. */
export const version: shape.Shape<1> = {
  schema: { const: 1, description: 'Version of this format.' },
  check: (value, path, problems) => {
    if (value === 1) return 1;
    const newer = typeof value === 'number' && value > 1;
    const message = `Cannot read this version of the format: this Tidegate knows version 1, found ${shape.describe(value)}`;
    problems.push({
      path,
      at: 'value',
      message,
      hint: newer ? 'Install the newest Tidegate: npm install -g tidegate@latest' : 'Write "version: 1"',
    });
    return undefined;
  },
};
