"""Trains the model that the argument names: python train.py NAME. What is trained on lies where Tidegate puts it."""

import os
import pickle
import sys

import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.compose import make_column_transformer
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

data, label = {
    "tumour": ("tumours", "diagnosis"),
    "wine": ("wines", "cultivar"),
    "progression": ("diabetes", "progression"),
    "digit": ("digits", "digit"),
    "chapter": ("paragraphs", "chapter"),
    "temperature": ("days", "temp"),
}[sys.argv[1]]

os.makedirs("models", exist_ok=True)
rows = pd.read_parquet(f"data/{data}.parquet").drop(columns=["id"])
truth = rows.pop(label)


def onnx(model, columns):
    """One input a column, so that the model says what it takes."""
    types = [(name, FloatTensorType([None, 1])) for name in columns]
    classifier = hasattr(model, "predict_proba")
    return to_onnx(model, initial_types=types, options={"zipmap": False} if classifier else None, target_opset={"": 17, "ai.onnx.ml": 3})


def save(model, columns):
    columns = list(columns)
    model = make_pipeline(make_column_transformer(("passthrough", columns)), model).fit(rows[columns], truth)
    with open(f"models/{sys.argv[1]}.onnx", "wb") as file:
        file.write(onnx(model, columns).SerializeToString())


if sys.argv[1] in ("tumour", "wine"):
    save(make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)), rows.columns)
elif sys.argv[1] == "progression":
    save(make_pipeline(StandardScaler(), LinearRegression()), rows.columns)
elif sys.argv[1] == "digit":
    save(RandomForestClassifier(60, random_state=1), rows.columns)
elif sys.argv[1] == "temperature":
    save(HistGradientBoostingRegressor(max_iter=60, random_state=1), [name for name in rows.columns if name not in ("origin", "date")])
else:
    embedding = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=2), TruncatedSVD(40, random_state=1))
    model = make_pipeline(make_column_transformer((embedding, "text")), LogisticRegression(C=10, max_iter=500)).fit(rows, truth)
    with open(f"models/{sys.argv[1]}.pkl", "wb") as file:
        pickle.dump(model, file)
