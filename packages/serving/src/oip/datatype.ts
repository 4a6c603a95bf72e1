import type { LogicalType } from '@tidegate/formats';
import type { TensorKind } from '../model/tensor.ts';

/** The datatypes of the Open Inference Protocol that we speak. */
export type Datatype = 'FP32' | 'FP64' | 'INT64' | 'INT32' | 'BOOL' | 'BYTES';

/** What a tensor of the model is called in the protocol. */
export const datatypeOf: Readonly<Record<TensorKind, Datatype>> = {
  float32: 'FP32',
  float64: 'FP64',
  int64: 'INT64',
  int32: 'INT32',
  bool: 'BOOL',
  string: 'BYTES',
};

/** Datatypes whose values an input takes: a whole number is also a float, nothing else is converted. */
export const takenBy: Readonly<Record<TensorKind, readonly string[]>> = {
  float32: ['FP32', 'FP64', 'INT32', 'INT64'],
  float64: ['FP64', 'FP32', 'INT32', 'INT64'],
  int64: ['INT64', 'INT32'],
  int32: ['INT32', 'INT64'],
  bool: ['BOOL'],
  string: ['BYTES'],
};

/** The type a single value of an input has in JSON. */
export const typeOfKind: Readonly<Record<TensorKind, LogicalType>> = {
  float32: 'number',
  float64: 'number',
  int64: 'integer',
  int32: 'integer',
  bool: 'boolean',
  string: 'string',
};
