"""The checks of a JSON file on a Parquet file, with Pandera on polars; says how many rows break each. `python pandera_checks.py FILE CHECKS`"""

import json
import sys

import pandera.polars as pa
import polars as pl

path, checks = sys.argv[1], json.load(open(sys.argv[2]))
frame = pl.read_parquet(path)


def check_of(asked, dtype):
    kind, name = asked["kind"], asked["name"]
    if kind in ("min", "max"):
        limit = asked["limit"]
        if isinstance(limit, str):
            from datetime import datetime

            limit = datetime.fromisoformat(limit)
        return (pa.Check.ge if kind == "min" else pa.Check.le)(limit, name=name)
    if kind == "set":
        return pa.Check.isin(asked["values"], name=name)
    if kind == "pattern":
        return pa.Check.str_matches(asked["pattern"], name=name)
    if kind == "length":
        return pa.Check.str_length(asked["min"], asked["max"], name=name)
    return None


columns, whole = {}, []
for column, dtype in frame.schema.items():
    own = [asked for asked in checks if asked["column"] == column]
    columns[column] = pa.Column(
        dtype,
        checks=[check for check in (check_of(asked, dtype) for asked in own) if check is not None],
        nullable=all(asked["kind"] != "null" for asked in own),
        unique=any(asked["kind"] == "unique" for asked in own),
    )
for asked in checks:
    if asked["kind"] == "rows":
        whole.append(pa.Check(lambda data, least=asked["least"]: data.lazyframe.select(pl.len() >= least), name=asked["name"]))
    if asked["kind"] == "nullShare":
        whole.append(
            pa.Check(lambda data, one=asked: data.lazyframe.select(pl.col(one["column"]).null_count() / pl.len() <= one["share"]), name=asked["name"])
        )
found = {}
try:
    pa.DataFrameSchema(columns, checks=whole).validate(frame, lazy=True)
except pa.errors.SchemaErrors as errors:
    cases = errors.failure_cases.group_by("column", "check").len()
    for column, check, rows in cases.iter_rows():
        kind = {"not_nullable": "null", "field_uniqueness": "unique"}.get(check)
        found[f"{column}.{kind}" if kind else check] = rows
print(json.dumps(found))
