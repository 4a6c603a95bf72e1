/** Never an input, wherever it lies: what other programs keep for themselves. */
const foreignNames = new Set([
  '.git',
  'node_modules',
  '.venv',
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.ipynb_checkpoints',
  '.DS_Store',
]);

/** Whether other programs keep things for themselves in files or folders of this name. */
export function isForeignName(name: string): boolean {
  return foreignNames.has(name) || name.endsWith('.pyc') || name.startsWith('.tmp-');
}
