import { after } from 'node:test';
import { skipWithoutS3, startS3Server } from '../../../platform/s3/test-s3-server.ts';
import { remoteFilesConformance } from '../remote-files.conformance.ts';
import { s3Files } from './s3-files.ts';

const skip = skipWithoutS3();
const server = skip === null ? await startS3Server() : null;
after(async () => server?.[Symbol.asyncDispose]());

remoteFilesConformance(
  'S3',
  async () => {
    if (server === null) throw new Error('there is no server');
    const place = { ...(await server.makeBucket()), prefix: 'team/shop' };
    return { open: () => s3Files(place) };
  },
  { skip },
);
