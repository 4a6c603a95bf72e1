import type { ScanFinding } from './scan-finding.ts';

/** Modules whose classes Keras makes out of a configuration without running what the configuration says. */
const modules =
  /^keras(\.src)?(\.(layers|initializers|regularizers|constraints|optimizers|losses|metrics|models|dtype_policies|saving)(\.\w+)*)?$/;
/** Layers that hold code, or load some. */
const withCode = new Set(['Lambda', 'TFSMLayer', 'TorchModuleWrapper', 'FlaxLayer', 'JaxLayer', '__lambda__']);
/** Losses and metrics that are functions. */
const functions =
  /^(mean_(squared|absolute|absolute_percentage|squared_logarithmic)_error|(binary|categorical|sparse_categorical)_crossentropy|(binary|categorical|sparse_categorical)_accuracy|huber|poisson|hinge|kl_divergence|cosine_similarity)$/;

/**
 * What is unsafe about the configuration of a Keras model (`config.json` of a `.keras` archive): layers that hold code, and anything that is made
 * from outside the parts of Keras which only describe a model (a configuration may name any function of any module: CVE-2025-1550, CVE-2025-8747).
 */
export function scanKerasConfig(text: string, where: string): readonly ScanFinding[] {
  const found = new Map<string, ScanFinding>();
  const add = (what: string): void => void found.set(what, { where, what, name: null });
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { class_name: className, module, registered_name: registered, config } = value as { readonly [name: string]: unknown };
    if (typeof className === 'string') {
      const name = `${typeof module === 'string' ? `${module}.` : ''}${className}`;
      if (withCode.has(className)) add(`has a layer "${className}", which holds code or loads some`);
      else if (className === 'function') {
        if (!functions.test(String(config))) add(`names the function "${String(config)}", which is none of Keras's losses and metrics`);
      } else if (typeof module === 'string' && !modules.test(module))
        add(`makes "${name}", which is no part of Keras that describes a model`);
      if (typeof registered === 'string' && registered.includes('>')) add(`makes "${registered}", a class of somebody's own`);
    }
    Object.values(value).forEach(visit);
  };
  try {
    visit(JSON.parse(text));
  } catch {
    add('cannot be read as JSON');
  }
  return [...found.values()];
}
