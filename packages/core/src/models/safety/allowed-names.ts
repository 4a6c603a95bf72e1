import type { NameUse } from './pickle-machine.ts';

/** A rule of the list: modules and names that a pickle may import, and whether it may call them. */
interface Allowed {
  readonly module: RegExp;
  readonly name: RegExp;
  /** Default: had as a value, and made an object of without `__init__`. */
  readonly call?: true;
}

/** As classes are named. Names with dots reach through attributes of a module and are on no list. */
const classes = /^_?[A-Z]\w*$/;

/**
 * What pickles of models are made of. Whatever is not on the list is unsafe, so a library that changes makes a model be refused and never let
 * through. Calls are listed one by one: a class is made without its `__init__`, and a function runs.
 */
const allowed: readonly Allowed[] = [
  // not scipy.stats: the state of its distributions has a text that is run when they are made
  {
    module: /^(builtins|__builtin__)$/,
    name: /^(object|dict|list|set|frozenset|tuple|int|float|str|bool|bytes|bytearray|complex|slice|range)$/,
  },
  {
    module: /^(builtins|__builtin__)$/,
    name: /^(set|frozenset|bytearray|complex|slice|range|dict|list|tuple|int|float|str|bool|bytes)$/,
    call: true,
  },
  { module: /^(copyreg|copy_reg)$/, name: /^(_reconstructor|__newobj__)$/, call: true },
  { module: /^_codecs$/, name: /^encode$/, call: true },
  { module: /^collections$/, name: /^(OrderedDict|defaultdict|Counter|deque)$/, call: true },
  { module: /^datetime$/, name: /^(date|datetime|time|timedelta|timezone)$/, call: true },
  { module: /^decimal$/, name: /^Decimal$/, call: true },
  { module: /^fractions$/, name: /^Fraction$/, call: true },
  { module: /^uuid$/, name: /^UUID$/ },

  {
    module: /^numpy$/,
    name: /^(ndarray|dtype|matrix|u?int(8|16|32|64|p|c)?|float(16|32|64|128)?|double|longdouble|bool_?|str_|bytes_|object_|complex(64|128)|datetime64|timedelta64)$/,
  },
  { module: /^numpy$/, name: /^(dtype|ndarray)$/, call: true },
  { module: /^numpy(\.dtypes)?$/, name: /^\w+DType$/, call: true },
  { module: /^numpy\._?core\.multiarray$/, name: /^(_reconstruct|scalar)$/, call: true },
  { module: /^numpy\._?core\.numeric$/, name: /^_frombuffer$/, call: true },
  { module: /^numpy\._?core\._internal$/, name: /^_convert_to_stringdtype_kwargs$/, call: true },
  { module: /^numpy\.ma\.core$/, name: /^(_mareconstruct|MaskedArray)$/, call: true },
  { module: /^numpy\.random\._pickle$/, name: /^__(randomstate|bit_generator|generator)_ctor$/, call: true },
  { module: /^numpy\.random\._(mt19937|pcg64|philox|sfc64)$/, name: /^(MT19937|PCG64|PCG64DXSM|Philox|SFC64)$/, call: true },
  { module: /^numpy\.random\.bit_generator$/, name: /^(SeedSequence|__pyx_unpickle_SeedSequence)$/, call: true },
  // as a step of a pipeline that changes numbers
  {
    module: /^numpy(\._?core\._multiarray_umath)?$/,
    name: /^(log|log1p|log2|log10|exp|exp2|expm1|sqrt|cbrt|square|abs|absolute|negative|reciprocal|sin|cos|tan|tanh|sign|isnan|nan_to_num|mean|median|sum)$/,
  },
  { module: /^scipy\.sparse(\._\w+)?$/, name: /^(bsr|coo|csc|csr|dia|dok|lil)_(matrix|array)$/ },
  { module: /^scipy\.special(\._ufuncs)?$/, name: /^(boxcox|boxcox1p|inv_boxcox|expit|logit)$/ },
  {
    module: /^scipy\.interpolate\._(bsplines|interpolate|fitpack2)$/,
    name: /^(BSpline|interp1d|PPoly|UnivariateSpline|InterpolatedUnivariateSpline)$/,
  },

  { module: /^joblib\.numpy_pickle$/, name: /^NumpyArrayWrapper$/ },
  { module: /^sklearn(\.\w+)*$/, name: classes },
  { module: /^sklearn(\.\w+)*$/, name: /^__pyx_unpickle_\w+$/, call: true },
  { module: /^sklearn\.tree\._tree$/, name: /^Tree$/, call: true },
  { module: /^sklearn\.neighbors\._(kd_tree|ball_tree|quad_tree)$/, name: /^newObj$/, call: true },
  { module: /^sklearn\.neighbors\._quad_tree$/, name: /^_QuadTree$/, call: true },
  { module: /^sklearn\.metrics\._dist_metrics$/, name: /^newObj$/, call: true },
  { module: /^sklearn\.(linear_model\._sgd_fast|_loss\._loss)$/, name: classes, call: true },
  {
    module: /^sklearn\.feature_selection\._(univariate_selection|mutual_info_?)$/,
    name: /^(f_classif|f_regression|f_oneway|r_regression|chi2|mutual_info_(classif|regression))$/,
  },
  { module: /^sklearn\.gaussian_process\.kernels$/, name: classes, call: true },
  { module: /^sklearn\.cluster\._kmeans$/, name: /^_kmeans_single_(lloyd|elkan)$/ },
  { module: /^scipy\._lib\.array_api_compat\.numpy\._aliases$/, name: /^asarray$/ },
  { module: /^sklearn\.utils\._bunch$/, name: /^Bunch$/, call: true },

  { module: /^lightgbm\.(sklearn|basic)$/, name: /^(LGBM(Classifier|Regressor|Ranker|Model)|Booster|_ObjectiveFunctionWrapper)$/ },
  { module: /^xgboost\.(sklearn|core)$/, name: /^(XGB\w+|Booster)$/ },
  { module: /^catboost\.core$/, name: /^CatBoost\w*$/ },

  { module: /^pandas\.core\.(frame|series)$/, name: /^(DataFrame|Series)$/ },
  { module: /^pandas\.core\.(internals\.managers|arrays\.\w+|indexes\.\w+|dtypes\.dtypes)$/, name: classes },
  { module: /^pandas\.core\.internals\.managers$/, name: /^(Single)?BlockManager$/, call: true },
  { module: /^pandas\.core\.(dtypes\.dtypes|arrays\.string_)$/, name: /^(CategoricalDtype|StringDtype|DatetimeTZDtype)$/, call: true },
  { module: /^pandas\._libs\.internals$/, name: /^_unpickle_block$/, call: true },
  { module: /^pandas\._libs\.arrays$/, name: /^__pyx_unpickle_NDArrayBacked$/, call: true },
  { module: /^pandas\._libs\.tslibs\.timestamps$/, name: /^_unpickle_timestamp$/, call: true },
  { module: /^pandas\.core\.indexes\.base$/, name: /^_new_Index$/, call: true },

  { module: /^torch$/, name: /^((\w+)?Storage|Tensor|Size|device|dtype|(u?int|float|bfloat|complex)\d+|bool|half|double|long|short)$/ },
  { module: /^torch$/, name: /^(Size|device)$/, call: true },
  { module: /^torch\.storage$/, name: /^(Typed|Untyped)Storage$/ },
  { module: /^torch\._utils$/, name: /^_rebuild_(tensor|tensor_v2|parameter|parameter_with_state|qtensor)$/, call: true },
  { module: /^torch\._tensor$/, name: /^_rebuild_from_type_v2$/, call: true },
  { module: /^torch\.(_tensor|nn\.parameter)$/, name: /^(Tensor|Parameter|Buffer)$/ },
  { module: /^torch\.nn\.modules\.\w+$/, name: classes },
];

/** Whether a pickle may use a name in this way: by the list, or because the project names it, with its module, as its own. */
export function isAllowedName(module: string, name: string, use: NameUse, own: readonly string[]): boolean {
  if (own.includes(`${module}.${name}`)) return true;
  return allowed.some((rule) => (use !== 'call' || rule.call === true) && rule.module.test(module) && rule.name.test(name));
}
