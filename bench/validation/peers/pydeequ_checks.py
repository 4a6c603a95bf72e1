"""The checks of a JSON file on a Parquet file, with PyDeequ on Spark; says which fail. `python pydeequ_checks.py FILE CHECKS`

DEEQU_JAR names the jar of Deequ where Spark cannot fetch it by itself."""

import json
import os
import sys

os.environ.setdefault("SPARK_VERSION", "3.5")
import pydeequ
from pydeequ.checks import Check, CheckLevel
from pydeequ.verification import VerificationResult, VerificationSuite
from pyspark.sql import SparkSession

path, checks = sys.argv[1], json.load(open(sys.argv[2]))
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.driver.memory", "8g")
    .config("spark.ui.enabled", "false")
    .config(*(("spark.jars", os.environ["DEEQU_JAR"]) if "DEEQU_JAR" in os.environ else ("spark.jars.packages", pydeequ.deequ_maven_coord)))
    .getOrCreate()
)
frame = spark.read.parquet(path)
names = {}
check = Check(spark, CheckLevel.Error, "checks")
for asked in checks:
    column, kind = asked["column"], asked["kind"]
    if kind == "null":
        check = check.isComplete(column)
    elif kind == "nullShare":
        check = check.hasCompleteness(column, lambda value, share=asked["share"]: value >= 1 - share)
    elif kind in ("min", "max"):
        sign, limit = (">=" if kind == "min" else "<="), asked["limit"]
        limit = f"TIMESTAMP '{limit}'" if isinstance(limit, str) else limit
        check = check.satisfies(f"{column} IS NULL OR {column} {sign} {limit}", asked["name"])
    elif kind == "set":
        check = check.isContainedIn(column, asked["values"])
    elif kind == "pattern":
        check = check.hasPattern(column, asked["pattern"])
    elif kind == "length":
        check = check.hasMinLength(column, lambda value, least=asked["min"]: value >= least).hasMaxLength(column, lambda value, most=asked["max"]: value <= most)
    elif kind == "unique":
        check = check.isUnique(column)
    else:
        check = check.hasSize(lambda value, least=asked["least"]: value >= least)
result = VerificationSuite(spark).onData(frame).addCheck(check).run()
rows = VerificationResult.checkResultsAsDataFrame(spark, result).collect()
print(json.dumps({row["constraint"]: 1 for row in rows if row["constraint_status"] != "Success"}))
spark.sparkContext._gateway.shutdown_callback_server()
spark.stop()
