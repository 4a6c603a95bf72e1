import type { TableColumn, TableLayer } from '@tidegate/formats';

/** What is read of a layer. */
export interface LayerFile {
  readonly kind: TableLayer['kind'];
  readonly columns: readonly TableColumn[];
  readonly path: string;
}

/** A layer of a group with its file at hand. */
export interface StoredLayer extends LayerFile, Omit<TableLayer, 'schema'> {}
