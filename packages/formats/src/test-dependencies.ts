/** What each test of a suite depends on, so that a later run can leave out those for which nothing has changed. */
export interface TestDependencies {
  readonly format: 'tidegate.test-dependencies/1';
  /** Files of the project that tests depend on; a test names them by their place in this list. */
  readonly files: readonly DependencyFile[];
  /** By the id that pytest gives a test. */
  readonly tests: { readonly [id: string]: DependenciesOfTest };
}

export interface DependencyFile {
  readonly path: string;
  /** SHA-256 of what happens when the module is loaded, which is all of it but what is in functions; empty where that cannot be told. */
  readonly outline: string;
}

export interface DependenciesOfTest {
  /** Its name in the report. */
  readonly name: string;
  /** Files of which every change concerns it. */
  readonly whole: readonly number[];
  /** Files that are only loaded: what changes in their functions does not concern it. */
  readonly imported: readonly number[];
  /** Why every change whatever concerns it; empty where that is not so. */
  readonly why: string;
}
