import { systemPlatform } from '../platform/index.ts';
import { sandboxSupport } from './step-sandbox.ts';

const support = await sandboxSupport(systemPlatform);

/** Why tests of the sandbox are skipped; false when they run. Where everything must be there, its absence is a failure. */
export const noSandbox: string | false =
  support.kind === 'works' || process.env['TIDEGATE_REQUIRE_SERVICES']
    ? false
    : `no sandbox here: ${support.kind === 'broken' ? support.why : 'switched off'}`;
