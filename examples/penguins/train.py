"""Predicts the body mass of a penguin in grams from what can be seen and measured without catching it for long."""

import pickle

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

texts = ["species", "island", "sex"]
numbers = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "year"]

penguins = pd.read_csv("penguins.csv").dropna(subset=["body_mass_g"])
mass = penguins.pop("body_mass_g")

model = make_pipeline(
    make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="constant", fill_value="unknown"), OneHotEncoder(handle_unknown="ignore")), texts),
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
    ),
    Ridge(),
)
model.fit(penguins, mass)

with open("model.pkl", "wb") as file:
    pickle.dump(model, file)
print(f"{len(penguins)} penguins, R² on them {model.score(penguins, mass):.3f}")
