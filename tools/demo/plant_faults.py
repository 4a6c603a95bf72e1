"""Plants four faults in one month of flights, chosen by a seeded generator, in the place of the clean file.

    python plant_faults.py --flights data/flights --month 2013-09 --seed 7 [--planted planted.json]

Says on stderr, one JSON object a line, what it planted in which column and how many rows; --planted keeps the same as a list.
No row has two faults, so that the numbers of rows can be compared with what a report finds.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

KILOMETRES_PER_MILE = 1.609344
NEW_CARRIER = "G4"


def main():
    options = parse_arguments(sys.argv[1:])
    path = options.flights / f"{options.month}.parquet"
    table, planted = plant(pq.read_table(path), np.random.default_rng(options.seed))
    replace(table, path)
    for fault in planted:
        print(json.dumps(fault), file=sys.stderr)
    if options.planted is not None:
        options.planted.write_text(json.dumps(planted, indent=2) + "\n")


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flights", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--month", required=True, metavar="MONTH")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--planted", type=Path, metavar="FILE")
    return parser.parse_args(arguments)


def plant(table, random):
    """The table with the faults in it, and a description of each."""
    order = random.permutation(table.num_rows)
    changed_unit, order = np.split(order, [int(table.num_rows * random.uniform(0.3, 0.5))])
    renamed, order = np.split(order, [random.integers(40, 80)])
    emptied, order = np.split(order, [random.integers(80, 160)])
    repeated = order[: random.integers(150, 250)]

    table = replace_column(table, "distance", changed_unit, in_kilometres)
    table = replace_column(table, "flight_id", renamed, lambda ids: with_carrier(ids, NEW_CARRIER))
    table = replace_column(table, "carrier", renamed, lambda codes: [NEW_CARRIER] * len(codes))
    table = replace_column(table, "dest", emptied, lambda codes: [None] * len(codes))
    table = pa.concat_tables([table, table.take(np.sort(repeated))])

    distance = table["distance"]
    return table, [
        {
            "fault": "unit changed to kilometres",
            "column": "distance",
            "rows": len(changed_unit),
            "mean": round(pc.mean(distance).as_py(), 3),
            "above_5000": pc.sum(pc.greater(distance, 5000)).as_py(),
        },
        {"fault": "new carrier code", "column": "carrier", "rows": len(renamed), "value": NEW_CARRIER},
        {"fault": "nulls in a required column", "column": "dest", "rows": len(emptied)},
        {"fault": "duplicated rows", "column": "flight_id", "rows": len(repeated)},
    ]


def replace_column(table, name, rows, change):
    values = table[name].to_pylist()
    for row, value in zip(rows, change([values[row] for row in rows])):
        values[row] = value
    index = table.schema.get_field_index(name)
    return table.set_column(index, table.schema.field(index), pa.array(values, table.schema.field(index).type))


def in_kilometres(miles):
    return [round(distance * KILOMETRES_PER_MILE) for distance in miles]


def with_carrier(ids, carrier):
    """Ids of the form `2013-09-01-UA-1545-EWR` with another carrier."""
    return ["-".join([*parts[:3], carrier, *parts[4:]]) for parts in (flight.split("-") for flight in ids)]


def replace(table, path):
    beside = path.with_name(path.name + ".part")
    pq.write_table(table, beside, compression="zstd", version="2.6")
    os.replace(beside, path)


if __name__ == "__main__":
    main()
