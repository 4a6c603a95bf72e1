import { join } from 'node:path';
import { after } from 'node:test';
import { skipWithoutS3, startS3Server } from '../../../platform/s3/test-s3-server.ts';
import { packedRemote } from '../packed-remote.ts';
import { remoteConformance } from '../remote.conformance.ts';
import { damageObject } from '../test-damage.ts';
import { s3Files } from './s3-files.ts';

const skip = skipWithoutS3();
const server = skip === null ? await startS3Server() : null;
after(async () => server?.[Symbol.asyncDispose]());

remoteConformance(
  'remote on S3',
  async (folder) => {
    if (server === null) throw new Error('there is no server');
    const place = { ...(await server.makeBucket()), prefix: 'team/shop' };
    return {
      open: (zone = 'main') => packedRemote(s3Files(place), { zone, scratch: join(folder, 'incoming'), cache: null }),
      damage: (digest) => damageObject(join(server.folder, place.bucket, place.prefix), digest),
    };
  },
  { skip },
);
