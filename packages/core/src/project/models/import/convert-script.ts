/**
 * What turns a model of another kind into one ONNX file, in the project's Python and in a sandbox: reads `request.json`, writes `model.onnx` and `answer.json`. Of
 * a pickle it also says what the original answers for rows, so that nothing outside the sandbox ever loads it.
 */
export const convertScriptText = `
import importlib, importlib.metadata, json, pickle, sys, traceback


def main():
    with open("request.json") as file:
        request = json.load(file)
    try:
        makers = {"onnx": merged, "pickle": converted, "lightgbm": of_lightgbm, "xgboost": of_xgboost}
        made = makers.get(request["kind"], of_torch)(request)
        made["versions"] = versions()
        answer(made)
    except ModuleNotFoundError as error:
        answer({"missing": error.name})
    except Exception as error:
        traceback.print_exc()
        answer({"failed": f"{type(error).__name__}: {error}".split("\\n")[0][:400]})


def answer(members):
    with open("answer.json", "w") as file:
        json.dump(members, file)


def versions():
    found = {"python": sys.version.split()[0]}
    for name in ("onnx", "skl2onnx", "onnxmltools", "scikit-learn", "lightgbm", "xgboost", "xgboost-cpu", "torch", "onnxscript"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pass
    return found


def merged(request):
    import onnx

    onnx.save_model(onnx.load(request["model"]), "model.onnx", save_as_external_data=False)
    return {"inputs": None, "classes": None, "answers": None}


def of_lightgbm(request):
    """A model as LightGBM writes it by itself; its classes have no names there."""
    import lightgbm

    booster = lightgbm.Booster(model_file=request["model"])
    names = booster.feature_name()
    rows = columns_of(table(request["rows"]), names, plain_names(names, "Column_"))
    answers = booster.predict(rows.to_numpy())
    objective = str(booster.dump_model().get("objective", "")).split(" ")[0]
    from onnxmltools import convert_lightgbm
    from onnxmltools.convert.common.data_types import FloatTensorType

    known = {"binary", "multiclass", "multiclassova", "regression", "regression_l1", "huber", "fair", "quantile", "mape"}
    if objective not in known:
        raise ValueError(f"the objective {objective!r} of LightGBM has no counterpart here")
    write(convert_lightgbm(booster, initial_types=[("input", FloatTensorType([None, len(rows.columns)]))], zipmap=False, target_opset=15))
    return said(rows, answers, objective == "binary" or objective.startswith("multiclass"))


def of_xgboost(request):
    """A model as XGBoost writes it by itself, JSON or UBJSON; its classes have no names there."""
    import xgboost

    booster = xgboost.Booster(model_file=request["model"])
    objective = json.loads(booster.save_config())["learner"]["objective"]["name"]
    if objective not in ("binary:logistic", "multi:softprob", "multi:softmax") and not objective.startswith("reg:"):
        raise ValueError(f"the objective {objective!r} of XGBoost has no counterpart here")
    is_classifier = not objective.startswith("reg:")
    model = xgboost.XGBClassifier() if is_classifier else xgboost.XGBRegressor()
    model.load_model(request["model"])
    rows = columns_of(table(request["rows"]), booster.feature_names, booster.feature_names is None)
    asked = rows.to_numpy()
    answers = model.predict_proba(asked) if is_classifier else model.predict(asked)
    write(to_onnx(model, rows, is_classifier))
    return said(rows, answers, is_classifier)


def of_torch(request):
    """A program of PyTorch that takes one matrix of numbers and gives a number a row, or probabilities."""
    import torch

    rows = table(request["rows"])
    matrix_of_rows = torch.tensor(rows.to_numpy().astype("float32"))
    example = matrix_of_rows[:2]
    if request["kind"] == "torchscript":
        program = torch.jit.load(request["model"], map_location="cpu").eval()
        with torch.no_grad():
            answers = program(matrix_of_rows)
            torch.onnx.export(program, (example,), "model.onnx", dynamo=False, opset_version=17, input_names=["input"], output_names=["output"], dynamic_axes={"input": {0: "rows"}, "output": {0: "rows"}})
    else:
        exported = torch.export.load(request["model"])
        try:
            with torch.no_grad():
                answers = exported.module()(matrix_of_rows)
        except (AssertionError, RuntimeError) as error:
            raise ValueError(f"it was exported for one number of rows or columns: give the first dimension as torch.export.Dim.DYNAMIC ({str(error).splitlines()[0]})")
        torch.onnx.export(exported, (), "model.onnx", dynamo=True, external_data=False, opset_version=18, input_names=["input"], output_names=["output"])
    if not isinstance(answers, torch.Tensor) or len(answers) != len(rows):
        raise ValueError("it does not give one tensor with a row for each row")
    answers = answers.reshape(len(rows), -1).numpy()
    if answers.shape[1] == 1:
        return said(rows, answers[:, 0], False)
    sums = answers.sum(axis=1)
    if (answers < 0).any() or (abs(sums - 1) > 1e-3).any():
        raise ValueError(f"it gives {answers.shape[1]} numbers a row that are no probabilities: put a softmax at its end")
    return said(rows, answers, True)


def columns_of(rows, names, is_by_place):
    """The columns that a model takes: by their names, or all of them in their order where it knows none."""
    if is_by_place:
        return rows
    missing = [name for name in names if name not in rows.columns]
    if missing:
        raise ValueError(f"the rows have no column {missing[0]!r}, which the model takes")
    return rows[list(names)]


def plain_names(names, prefix):
    return all(name == f"{prefix}{index}" for index, name in enumerate(names))


def said(rows, answers, is_classifier):
    names = [str(name) for name in rows.columns]
    if not is_classifier:
        return {"inputs": names, "classes": None, "answers": [float(value) for value in plain(answers)]}
    table_of = [[1 - float(row), float(row)] if not hasattr(row, "__len__") else [float(cell) for cell in row] for row in answers]
    return {"inputs": names, "classes": [str(index) for index in range(len(table_of[0]))], "answers": table_of}


def converted(request):
    model = load(request["model"])
    rows = table(request["rows"])
    names = getattr(model, "feature_names_in_", None)
    names = [str(name) for name in (rows.columns if names is None else names)]
    missing = [name for name in names if name not in rows.columns]
    if missing:
        raise ValueError(f"the rows have no column {missing[0]!r}, which the model takes")
    rows = rows[names]
    takes_names = getattr(model, "feature_names_in_", None) is not None
    asked = rows if takes_names else rows.to_numpy()
    classes = getattr(model, "classes_", None)
    if classes is None:
        answers = [float(value) for value in plain(model.predict(asked))]
        write(to_onnx(model, rows, False))
        return {"inputs": names, "classes": None, "answers": answers}
    if not hasattr(model, "predict_proba"):
        raise ValueError(f"a {type(model).__name__} gives no probabilities, which a classifier needs here")
    answers = [[float(cell) for cell in row] for row in model.predict_proba(asked)]
    write(to_onnx(model, rows, True))
    return {"inputs": names, "classes": [class_name(one) for one in classes], "answers": answers}


def write(made):
    with open("model.onnx", "wb") as file:
        file.write(made.SerializeToString())


def load(path):
    try:
        import joblib
    except ImportError:
        with open(path, "rb") as file:
            return pickle.load(file)
    return joblib.load(path)


def table(rows):
    import pandas

    return pandas.DataFrame({column["name"]: series(pandas, column) for column in rows})


def series(pandas, column):
    kinds = {"number": "float64", "integer": "int64", "boolean": "bool"}
    missing = any(cell is None for cell in column["cells"])
    kind = kinds.get(column["type"], "str" if int(pandas.__version__.split(".")[0]) >= 3 else "object")
    if missing and kind in ("int64", "bool"):
        kind = "float64" if kind == "int64" else "object"
    return pandas.Series(column["cells"], dtype=kind)


def to_onnx(model, rows, is_classifier):
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType

    register()
    for part in [model] + [step for _, step in getattr(model, "steps", None) or []]:
        if type(part).__module__.startswith("xgboost."):  # its converter reads the numbers of columns out of their names
            part.get_booster().feature_names = None
    options = {id(model): {"zipmap": False}} if is_classifier else None
    if takes_columns(model):
        inputs = [(name, type_of(rows[name])) for name in rows.columns]
    else:
        inputs = [("input", FloatTensorType([None, len(rows.columns)]))]
    opsets = {"": 17, "ai.onnx.ml": 3}
    return convert_sklearn(model, initial_types=inputs, options=options, target_opset=opsets)


def type_of(column):
    from skl2onnx.common.data_types import BooleanTensorType, FloatTensorType, Int64TensorType, StringTensorType

    kind = str(column.dtype)
    if kind.startswith("float"):
        return FloatTensorType([None, 1])
    if kind.startswith("int"):
        return Int64TensorType([None, 1])
    return BooleanTensorType([None, 1]) if kind == "bool" else StringTensorType([None, 1])


def takes_columns(model):
    """Whether its first step tells columns apart by their names; everything else takes one matrix of numbers."""
    steps = getattr(model, "steps", None)
    first = steps[0][1] if steps else model
    return type(first).__name__ == "ColumnTransformer" or (steps and takes_columns(first))


def register():
    """LightGBM and XGBoost bring no converter of their own; onnxmltools has them."""
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes, calculate_linear_regressor_output_shapes

    choices = {"nocl": [True, False], "zipmap": [True, False, "columns"]}
    found = (
        ("lightgbm", "LGBMClassifier", "lightgbm.operator_converters.LightGbm", "convert_lightgbm", True),
        ("lightgbm", "LGBMRegressor", "lightgbm.operator_converters.LightGbm", "convert_lightgbm", False),
        ("xgboost", "XGBClassifier", "xgboost.operator_converters.XGBoost", "convert_xgboost", True),
        ("xgboost", "XGBRegressor", "xgboost.operator_converters.XGBoost", "convert_xgboost", False),
    )
    for package, name, module, function, is_classifier in found:
        if package not in sys.modules:
            continue  # the pickle has none of it
        converter = getattr(importlib.import_module("onnxmltools.convert." + module), function)
        shapes = calculate_linear_classifier_output_shapes if is_classifier else calculate_linear_regressor_output_shapes
        options = {**choices, "raw_scores": [True, False]} if is_classifier and package == "lightgbm" else choices if is_classifier else {}
        update_registered_converter(getattr(sys.modules[package], name), name, shapes, converter, options=options)


def plain(values):
    values = values.tolist() if hasattr(values, "tolist") else list(values)
    return [value[0] if isinstance(value, list) else value for value in values]


def class_name(value):
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


main()
`;
