"""The checks of a JSON file on a Parquet file, with Great Expectations on pandas; says how many rows break each. `python great_expectations_checks.py FILE CHECKS`"""

import datetime
import json
import os
import sys

os.environ["GX_ANALYTICS_ENABLED"] = "false"
import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd

path, checks = sys.argv[1], json.load(open(sys.argv[2]))
frame = pd.read_parquet(path)
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
batch = context.data_sources.add_pandas("pandas").add_dataframe_asset("table").add_batch_definition_whole_dataframe("whole")


def moment(limit):
    return datetime.datetime.fromisoformat(limit) if isinstance(limit, str) else limit


def expectation(asked):
    column, kind = asked["column"], asked["kind"]
    meta = {"name": asked["name"]}
    if kind == "null":
        return gxe.ExpectColumnValuesToNotBeNull(column=column, meta=meta)
    if kind == "nullShare":
        return gxe.ExpectColumnValuesToNotBeNull(column=column, mostly=1 - asked["share"], meta=meta)
    if kind == "min":
        return gxe.ExpectColumnValuesToBeBetween(column=column, min_value=moment(asked["limit"]), meta=meta)
    if kind == "max":
        return gxe.ExpectColumnValuesToBeBetween(column=column, max_value=moment(asked["limit"]), meta=meta)
    if kind == "set":
        return gxe.ExpectColumnValuesToBeInSet(column=column, value_set=asked["values"], meta=meta)
    if kind == "pattern":
        return gxe.ExpectColumnValuesToMatchRegex(column=column, regex=asked["pattern"], meta=meta)
    if kind == "length":
        return gxe.ExpectColumnValueLengthsToBeBetween(column=column, min_value=asked["min"], max_value=asked["max"], meta=meta)
    if kind == "unique":
        return gxe.ExpectColumnValuesToBeUnique(column=column, meta=meta)
    return gxe.ExpectTableRowCountToBeBetween(min_value=asked["least"], meta=meta)


suite = context.suites.add(gx.ExpectationSuite(name="checks", expectations=[expectation(asked) for asked in checks]))
definition = context.validation_definitions.add(gx.ValidationDefinition(name="run", data=batch, suite=suite))
result = definition.run(batch_parameters={"dataframe": frame}, result_format="BASIC")
raised = [one.expectation_config.meta["name"] for one in result.results if one.exception_info.get("raised_exception")]
if raised:
    raise SystemExit(f"errors in {raised}")
print(json.dumps({one.expectation_config.meta["name"]: one.result.get("unexpected_count", 1) for one in result.results if not one.success}))
