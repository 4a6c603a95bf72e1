"""Runs one model in the user's own virtual environment, for a parent that speaks over stdin and stdout.

Standard library only; pandas is used where it can be imported. Every message is four bytes of length (big-endian) and as many
bytes of JSON. The parent ends the process by closing stdin. What the model prints goes to stderr.

First argument, as JSON: {"file", "flavor": "pickle" | "function", "task": "binary" | "multiclass" | "multilabel" | "regression" | null,
"columns": [{"name", "type"}]}.
To the parent, once: {"inputs": [name] | null, "task": ... | null, "classes": [text] | null} or {"error": text}.
From the parent: {"rows": n, "columns": [[value]]}, in the order of the argument's columns.
To the parent, for each: {"outputs": [{"name", "kind": "float64" | "string", "shape": [], "data": [value]}], "ms": number} or {"error": text}.
"""

import importlib.util
import json
import math
import os
import pickle
import queue
import signal
import struct
import sys
import threading
import time
import traceback

TEXT_TYPES = {"string", "time"}


def main():
    task = json.loads(sys.argv[1])
    source, sink = take_over_streams()
    requests = queue.SimpleQueue()
    threading.Thread(target=read_into, args=(source, requests), daemon=True).start()
    try:
        predict, description = open_model(task)
    except BaseException as error:  # a model file may raise anything, SystemExit included
        traceback.print_exc()
        send(sink, {"error": words_of(error)})
        return
    send(sink, description)
    while True:
        send(sink, answer(predict, task["columns"], requests.get()))


def take_over_streams():
    """Keeps stdin and stdout for messages; whatever the model reads is empty, what it prints goes to stderr."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    for name in ("SIGINT", "SIGTERM"):  # the parent drains first, then closes stdin
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    return source, sink


def read_into(source, requests):
    """Beside the model, so that the end of the parent ends this process whatever the model does."""
    while (request := receive(source)) is not None:
        requests.put(request)
    os._exit(0)


def receive(source):
    head = source.read(4)
    if len(head) < 4:
        return None
    return json.loads(source.read(struct.unpack(">I", head)[0]))


def send(sink, message):
    body = json.dumps(message).encode()
    sink.write(struct.pack(">I", len(body)) + body)
    sink.flush()


def words_of(error):
    return f"{type(error).__name__}: {error}".split("\n")[0][:400]


def open_model(task):
    sys.path.insert(0, os.path.dirname(os.path.abspath(task["file"])))
    if task["flavor"] == "function":
        return open_function(task)
    return open_pickle(task)


def open_function(task):
    spec = importlib.util.spec_from_file_location("model", task["file"])
    module = importlib.util.module_from_spec(spec)
    sys.modules["model"] = module
    spec.loader.exec_module(module)
    if not callable(getattr(module, "predict", None)):
        raise AttributeError('the file has no function "predict"')
    classes = getattr(module, "classes", None)

    def predict(columns, values):
        return outputs_of(module.predict(table(columns, values)), task["task"])

    return predict, {"inputs": None, "task": None, "classes": None if classes is None else [class_name(one) for one in classes]}


def open_pickle(task):
    model = load(task["file"])
    if not callable(getattr(model, "predict", None)):
        raise AttributeError(f'the pickle holds a {type(model).__name__}, which has no method "predict"')
    names = getattr(model, "feature_names_in_", None)
    classes = getattr(model, "classes_", None)
    several = task["task"] == "multilabel" or is_multilabel(model, classes)
    as_array = names is None and hasattr(model, "n_features_in_")
    names = None if names is None else [str(name) for name in names]

    def predict(columns, values):
        rows = table(columns, values)
        if names is not None and hasattr(rows, "columns"):
            rows = rows[names]
        elif as_array and hasattr(rows, "to_numpy"):
            rows = rows.to_numpy()
        outputs = []
        if several:
            if hasattr(model, "predict_proba"):
                return outputs_of(by_label(model.predict_proba(rows)), "multilabel")
            return outputs_of(model.predict(rows), "multilabel")
        if classes is not None and hasattr(model, "predict_proba"):
            outputs += outputs_of(model.predict_proba(rows), "probabilities")
        kind = "label" if classes is not None else "regression" if task["task"] in (None, "regression") else "label"
        return outputs_of(model.predict(rows), kind) + outputs

    if several:
        return predict, {"inputs": names, "task": "multilabel", "classes": label_names(classes)}
    kind = "regression" if classes is None else "binary" if len(classes) == 2 else "multiclass"
    return predict, {"inputs": names, "task": kind, "classes": None if classes is None else [class_name(one) for one in classes]}


def is_multilabel(model, classes):
    """scikit-learn: a list of class arrays, one for each label (forests, MultiOutputClassifier), or a classifier that says so."""
    if isinstance(classes, list) and classes and all(hasattr(one, "__len__") and not isinstance(one, str) for one in classes):
        return True
    return bool(getattr(model, "multilabel_", False))


def label_names(classes):
    """Names where the model has them; places, and a list of arrays of 0 and 1, are none."""
    if classes is None or (isinstance(classes, list) and classes and hasattr(classes[0], "__len__") and not isinstance(classes[0], str)):
        return None
    names = [class_name(one) for one in classes]
    return None if names == [str(place) for place in range(len(names))] else names


def by_label(told):
    """Rows by labels. A list has for each label an array with a column for each of its classes, the last being "yes"."""
    if not isinstance(told, list):
        return told
    columns = [plain(one) for one in told]
    return [[cells[-1] if len(cells) > 1 else 0.0 for cells in row] for row in zip(*columns)]


def load(path):
    """joblib reads its own files and plain pickles; without it only the latter can be read."""
    try:
        import joblib
    except ImportError:
        with open(path, "rb") as file:
            return pickle.load(file)
    return joblib.load(path)


def table(columns, values):
    """The rows as the data library of the environment has them: a DataFrame, or a list of dicts without pandas."""
    try:
        import pandas
    except ImportError:
        names = [column["name"] for column in columns]
        return [dict(zip(names, row)) for row in zip(*values)]
    made = {column["name"]: series(pandas, column["type"], cells) for column, cells in zip(columns, values)}
    return pandas.DataFrame(made, columns=[column["name"] for column in columns])


def series(pandas, kind, cells):
    """Typed as pandas reads the same column from Parquet, so that prediction sees what training saw."""
    missing = any(cell is None for cell in cells)
    if kind == "number" or (kind == "integer" and missing):
        return pandas.Series(cells, dtype="float64")
    if kind == "integer":
        return pandas.Series([int(cell) for cell in cells], dtype="int64")
    if kind == "boolean":
        return pandas.Series(cells, dtype="object" if missing else "bool")
    if kind in ("date", "timestamp"):
        times = pandas.to_datetime(pandas.Series(cells, dtype="object"), utc=True, format="ISO8601")
        return times.dt.tz_localize(None)
    if kind in TEXT_TYPES and int(pandas.__version__.split(".")[0]) >= 3:
        return pandas.Series(cells, dtype="str")
    return pandas.Series(cells, dtype="object")


def answer(predict, columns, request):
    started = time.perf_counter()
    try:
        outputs = predict(columns, request["columns"])
        for output in outputs:
            if output["rows"] != request["rows"]:
                raise ValueError(f'the model gave {output["rows"]} predictions for {request["rows"]} rows')
        return {"outputs": outputs, "ms": (time.perf_counter() - started) * 1000}
    except BaseException as error:
        traceback.print_exc()
        return {"error": words_of(error)}


def outputs_of(result, task):
    """What a model returned, as named outputs. Numbers of a classifier are probabilities; texts, booleans and labels are classes."""
    rows = plain(result)
    if rows and isinstance(rows[0], list) and len(rows[0]) == 1:
        rows = [row[0] for row in rows]
    if rows and isinstance(rows[0], (list, tuple)):
        return [numbers("probabilities" if task != "regression" else "prediction", [cell for row in rows for cell in row], len(rows), [len(rows[0])])]
    if task == "multilabel":
        raise ValueError("the model gave one number a row, where one for each label is wanted")
    if task == "regression":
        return [numbers("prediction", rows, len(rows), [])]
    if task == "probabilities" or (task == "binary" and all(type(cell) is float for cell in rows)):
        return [numbers("probabilities", rows, len(rows), [])]
    return [{"name": "label", "kind": "string", "shape": [], "rows": len(rows), "data": [class_name(cell) for cell in rows]}]


def plain(result):
    for name in ("to_numpy", "tolist"):
        if hasattr(result, name):
            result = getattr(result, name)()
    return list(result)


def numbers(name, cells, rows, shape):
    return {"name": name, "kind": "float64", "shape": shape, "rows": rows, "data": [number(cell) for cell in cells]}


def number(cell):
    value = float(cell)
    if math.isfinite(value):
        return value
    return None if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def class_name(value):
    """As a label column reads as text: true, 1 (also for 1.0), JFK."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


if __name__ == "__main__":
    main()
