/**
 * How MLflow's `pyfunc` asks an ONNX model: as the model server does, a column an input or one matrix of all. MLflow's own wrapper for ONNX gives inputs of one
 * dimension, and cannot put a label and probabilities into one table.
 */
export const mlflowLoaderText = `"""Answers rows with the ONNX model beside it, as a table: what is predicted, and for classes their probabilities. Needs numpy, pandas and onnxruntime."""

import json
import os

import numpy
import pandas

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

kinds = {
    "tensor(float)": numpy.float32,
    "tensor(double)": numpy.float64,
    "tensor(int64)": numpy.int64,
    "tensor(int32)": numpy.int32,
    "tensor(bool)": numpy.bool_,
    "tensor(string)": object,
}


class Model:
    def __init__(self, path):
        import onnxruntime

        with open(os.path.join(os.path.dirname(path), "signature.json")) as file:
            self.signature = json.load(file)
        self.columns = [column["name"] for column in self.signature["inputs"]]
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])

    def predict(self, rows, params=None):
        rows = rows if isinstance(rows, pandas.DataFrame) else pandas.DataFrame(rows, columns=self.columns)
        outputs = zip(self.session.get_outputs(), self.session.run(None, self.feeds(rows[self.columns])))
        floats, labels = [], None
        for declared, values in outputs:
            if declared.type in ("tensor(float)", "tensor(double)"):
                floats.append(numpy.asarray(values).reshape(len(rows), -1))
            elif labels is None:
                labels = numpy.asarray(values).reshape(len(rows))
        if self.signature["task"] == "regression":
            return pandas.DataFrame({"prediction": floats[0][:, 0]}, index=rows.index)
        return self.classified(rows, floats, labels)

    def feeds(self, rows):
        inputs = self.session.get_inputs()
        if len(inputs) == 1 and inputs[0].name not in self.columns:
            return {inputs[0].name: self.cells(rows, inputs[0]).reshape([len(rows)] + [size if isinstance(size, int) else -1 for size in inputs[0].shape[1:]])}
        return {one.name: self.cells(rows[[one.name]], one).reshape(len(rows), *[1] * (len(one.shape) - 1)) for one in inputs}

    def cells(self, rows, declared):
        kind = kinds[declared.type]
        return rows.astype(str).to_numpy(dtype=object) if kind is object else rows.to_numpy(dtype=kind)

    def classified(self, rows, floats, labels):
        classes = self.signature["classes"]
        found = next((one for one in floats if one.shape[1] == len(classes)), None)
        if found is None and floats and len(classes) == 2:
            found = numpy.hstack([1 - floats[0], floats[0]])
        if labels is None:
            labels = found.argmax(axis=1)
        names = [self.name_of(label, classes) for label in labels.tolist()]
        probabilities = {} if found is None else {f"probability_{name}": found[:, place] for place, name in enumerate(classes)}
        return pandas.DataFrame({"prediction": names, **probabilities}, index=rows.index)

    def name_of(self, label, classes):
        text = str(label).lower() if isinstance(label, bool) else str(label)
        return text if text in classes or not isinstance(label, int) else classes[label]


def _load_pyfunc(path):
    return Model(path)
`;
