/**
 * What asks a metric of the user: reads JSON lines, hands the rows over as a model gets them (a DataFrame, or a list of dicts without pandas), and writes
 * what it says. Standard library only. With `"of": "rows"` the function gives each row's contribution; with `"of": "predictions"` one number for the rows that
 * it is given, and is asked again for drawn rows and with groups of rows left out, until that is done or the time is over. What it may return is in
 * docs/reference/metrics.md.
 */
export const metricScriptText = `
import importlib.util, json, math, os, random, sys, time, traceback

with open("request.json") as file:
    request = json.load(file)
started = time.monotonic()


def wrong(text, line=None):
    with open(request["wrong"], "w") as file:
        json.dump({"text": text, **({} if line is None else {"line": line})}, file)
    sys.exit(1)


def number(cell):
    value = float(cell)
    if not math.isfinite(value):
        wrong(f"it returned {value} for a row, which is no number that can be summed")
    return value


def contributions(told, size):
    for name in ("to_numpy", "tolist"):
        if hasattr(told, name):
            told = getattr(told, name)()
    if isinstance(told, (str, bytes, dict)) or not hasattr(told, "__iter__"):
        wrong(f"it returned {told!r}, which is no list with a number for each row"[:200])
    cells = list(told)
    if len(cells) != size:
        wrong(f"it returned {len(cells)} numbers for {size} rows")
    pairs = [isinstance(cell, (list, tuple)) for cell in cells]
    if any(pairs) and not all(pairs):
        wrong("it returned numbers for some rows and pairs for others")
    for cell, pair in zip(cells, pairs):
        if pair and len(cell) != 2:
            wrong(f"it returned {len(cell)} numbers for a row, where one or two are wanted")
        yield (number(cell[0]), number(cell[1])) if pair else (number(cell), None)


def whole(told):
    """One number; None where it cannot be computed of the rows that were drawn."""
    if hasattr(told, "item"):
        told = told.item()
    if isinstance(told, bool) or not isinstance(told, (int, float)):
        wrong(f"it returned {told!r}, where one number for all rows is wanted"[:200])
    return float(told) if math.isfinite(told) else None


def drawer(units, seed):
    """Draws so many units with replacement; by NumPy where it is there, for it is a hundred times quicker."""
    try:
        import numpy
    except ImportError:
        source = random.Random(seed)
        return lambda: source.choices(range(units), k=units)
    generator = numpy.random.Generator(numpy.random.PCG64(seed))
    return lambda: generator.integers(0, units, units)


def recomputed(function, table, units, take):
    """The value, those with each of at most 200 groups left out, and those over drawn samples until the time is over."""
    members = None
    if units is not None:
        members = [[] for _ in range(max(units) + 1)]
        for row, unit in enumerate(units):
            members[unit].append(row)
    count = request["rowCount"] if members is None else len(members)
    rows_of = (lambda drawn: drawn) if members is None else (lambda drawn: [row for unit in drawn for row in members[unit]])
    value = whole(function(table))
    if value is None:
        wrong("it returned a value that is no finite number for all rows together")
    over = lambda: time.monotonic() - started > request["seconds"]
    groups = min(count, 200)
    left, replicates = [], []
    for group in range(groups):
        if over():
            break
        left.append(lenient(function, take(rows_of([unit for unit in range(count) if unit % groups != group]))))
    draw = drawer(count, request["seed"])
    while len(replicates) < request["replicates"] and len(left) == groups and not over():
        replicates.append(lenient(function, take(rows_of(draw()))))
    return {"value": value, "left": left, "replicates": replicates}


def lenient(function, rows):
    """Drawn rows may lack what all rows have, a class for instance: then there is no value."""
    try:
        return whole(function(rows))
    except Exception:
        return None


with open(request["rows"]) as file:
    rows = [json.loads(line) for line in file]
places = [row.pop("tidegate_row") for row in rows]
try:
    spec = importlib.util.spec_from_file_location("tidegate_user_metric", request["file"])
    module = importlib.util.module_from_spec(spec)
    sys.modules["tidegate_user_metric"] = module
    spec.loader.exec_module(module)
    function = getattr(module, request["function"], None)
    if not callable(function):
        wrong("the file has no function of that name")
    try:
        import pandas
    except ImportError:
        given = rows
        take = lambda chosen: [rows[row] for row in chosen]
    else:
        given = pandas.DataFrame(rows)
        take = lambda chosen: given.take(chosen).reset_index(drop=True)
    if request["of"] == "predictions":
        request["rowCount"] = len(rows)
        told = recomputed(function, given, request["units"], take)
    else:
        told = list(contributions(function(given), len(rows)))
except Exception as error:
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if os.path.abspath(frame.filename) == os.path.abspath(request["file"])]
    wrong("".join(traceback.format_exception_only(type(error), error)).strip(), own[-1].lineno if own else getattr(error, "lineno", None))
with open(request["answer"], "w") as file:
    if request["of"] == "predictions":
        json.dump(told, file)
    else:
        for row, (value, per) in zip(places, told):
            file.write(json.dumps({"row": row, "value": value, "per": per}) + "\\n")
`;
