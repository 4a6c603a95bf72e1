import { certificateFinding } from './certificate-finding.ts';
import type { SourceFinding } from './source.ts';

/** As {@link certificateFinding}, of a server whose address says whether TLS is spoken. */
export function certificateOfServer(socket: object, host: string): Omit<SourceFinding, 'about'> {
  const finding = certificateFinding(socket, host);
  if (finding.verdict === 'pass' || finding.measured['encrypted'] === true) return finding;
  return { ...finding, hint: 'Write https:// in the address, where the server speaks TLS' };
}
