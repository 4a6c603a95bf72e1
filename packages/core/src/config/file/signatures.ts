import { shape } from '@tidegate/formats';
import { path } from './path.ts';

/** `signatures` */
export const signatures = shape.object(
  {
    require: shape.optional(
      shape.described(
        shape.boolean(),
        'Whether a release must be signed by a key that counts before it is used. Default: true where "trusted" names keys, else false.',
      ),
    ),
    trusted: shape.optional(
      shape.described(
        shape.list(path('File with public keys in PEM.')),
        'Files with the public keys whose signatures of releases count, and no others. Default: the key of this machine.',
      ),
    ),
  },
  { description: 'Whose signatures of releases count. A signature that counts is held against every file before a release is started.' },
);
