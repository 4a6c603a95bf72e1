/**
 * What asks a metric of the user: reads JSON lines, hands the rows over as a model gets them (a DataFrame, or a list of dicts without
 * pandas), and writes what each contributes. Standard library only. What it may return is in docs/reference/metrics.md.
 */
export const metricScriptText = `
import importlib.util, json, math, os, sys, traceback

request = json.loads(sys.argv[1])


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
    else:
        given = pandas.DataFrame(rows)
    told = list(contributions(function(given), len(rows)))
except Exception as error:
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if os.path.abspath(frame.filename) == os.path.abspath(request["file"])]
    wrong("".join(traceback.format_exception_only(type(error), error)).strip(), own[-1].lineno if own else getattr(error, "lineno", None))
with open(request["answer"], "w") as file:
    for row, (value, per) in zip(places, told):
        file.write(json.dumps({"row": row, "value": value, "per": per}) + "\\n")
`;
