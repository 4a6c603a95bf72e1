import type { PythonLauncher } from '../commands/index.ts';
import type { Finding } from './evidence.ts';

/** Whether code of the model that nobody has looked through was kept from the machine while it was evaluated. Nothing to find for ONNX, which is no code. */
export function judgeSandbox(launcher: PythonLauncher | null): readonly Finding[] {
  if (launcher === null) return [];
  const finding = { kind: 'safety' as const, name: 'safety.sandbox' };
  if (launcher.kind === 'sandbox')
    return [
      {
        ...finding,
        verdict: 'pass',
        reason:
          'The Python of the model ran in a sandbox: no network, the model file and its packages to read, nothing of the machine to write',
        details: { sandbox: true },
      },
    ];
  return [
    {
      ...finding,
      verdict: 'inconclusive',
      blocking: false,
      reason: `The Python of the model ran in a process of its own without a sandbox, with the rights of whoever ran Tidegate: ${launcher.why}`,
      details: { sandbox: false, why: launcher.why },
    },
  ];
}
