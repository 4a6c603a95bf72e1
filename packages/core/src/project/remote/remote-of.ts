import { failure } from '@tidegate/formats';
import type { Remote } from '../../store/index.ts';
import type { Project } from '../project.ts';

/** The remote of a project that cannot do without one. @param what "share anything", for the message @throws TG-CLI-NO-REMOTE */
export function remoteOf({ remote }: Project, what: string): Remote {
  if (remote !== null) return remote;
  throw failure(
    'TG-CLI-NO-REMOTE',
    `Cannot ${what}: the project has no remote`,
    'Name one: "--remote FOLDER" (or s3://BUCKET/PREFIX, or the URL of a server), or "remote: { folder: FOLDER }" in tidegate.yaml',
  );
}
