/**
 * What asks a function of the user: reads `request.json`, hands the rows over as Arrow record batches, and writes `answer.json`. It runs in the project's
 * Python and needs nothing but pyarrow. What it can be told is in docs/reference/checks.md.
 */
export const pythonScriptText = `
import importlib.util, inspect, json, numbers, os, sys, traceback

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, ".tidegate-check-request.json")) as file:
    request = json.load(file)


def peak_bytes():
    """The most memory that this process or one that it started took, where the system tells."""
    try:
        import resource
    except ImportError:
        return {}
    unit = 1 if sys.platform == "darwin" else 1024
    return {"peakBytes": unit * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))}


def answer(**members):
    with open(os.path.join(here, ".tidegate-check-answer.json"), "w") as file:
        json.dump(members, file)
    sys.exit(0)


class Wrong(Exception):
    pass


def places(told, size):
    """How many rows a return value names, and where they are in the batch."""
    if told is None or isinstance(told, (bool, str, bytes, dict)):
        raise Wrong(f"it returned {told!r}, which is no number of rows, no mask and no list of row numbers"[:200])
    if isinstance(told, numbers.Integral):
        if told < 0:
            raise Wrong(f"it returned {int(told)}, and a number of rows is not negative")
        return int(told), []
    if hasattr(told, "to_pylist"):
        told = told.to_pylist()
    elif hasattr(told, "tolist"):
        told = told.tolist()
    try:
        items = list(told)
    except TypeError:
        raise Wrong(f"it returned a {type(told).__name__}, which is no number of rows, no mask and no list of row numbers")
    if items and all(item is None or isinstance(item, bool) for item in items):
        if len(items) != size:
            raise Wrong(f"it returned a mask of {len(items)} values for a batch of {size} rows")
        found = [index for index, item in enumerate(items) if item]
    elif all(isinstance(item, numbers.Integral) and not isinstance(item, bool) for item in items):
        found = sorted({int(item) for item in items})
        if found and not (0 <= found[0] and found[-1] < size):
            raise Wrong(f"it named row {found[0] if found[0] < 0 else found[-1]} of a batch of {size} rows, counted from 0")
    else:
        raise Wrong("it returned a list that is neither a mask nor row numbers")
    return len(found), found


def asked(function, batches):
    """Pairs of what the function said and the batch that it had last."""
    last = {"start": 0, "size": 0, "next": 0}

    def each():
        for batch in batches:
            last.update(start=last["next"], size=batch.num_rows, next=last["next"] + batch.num_rows)
            yield batch

    if inspect.isgeneratorfunction(function):
        for told in function(each()):
            yield told, last["start"], last["size"]
    else:
        for batch in each():
            yield function(batch), last["start"], last["size"]


try:
    import pyarrow.parquet as parquet
except ImportError as error:
    answer(missing=str(error))

try:
    # as Python does for a script: files beside it first, then those below the project
    sys.path[:0] = list(dict.fromkeys([os.path.dirname(os.path.join(here, request["file"])), here]))
    spec = importlib.util.spec_from_file_location("tidegate_user_check", os.path.join(here, request["file"]))
    module = importlib.util.module_from_spec(spec)
    sys.modules["tidegate_user_check"] = module
    spec.loader.exec_module(module)
    function = getattr(module, request["function"], None)
    if not callable(function):
        answer(wrong=f"the file has no function of that name")
    rows = parquet.ParquetFile(os.path.join(here, request["rows"]))
    failing, found = 0, []
    meta = rows.metadata
    width = sum(meta.row_group(at).total_byte_size for at in range(meta.num_row_groups)) / max(1, meta.num_rows)
    size = max(1, min(request["batch"], int(request["batchBytes"] / max(1, width))))
    for told, start, size in asked(function, rows.iter_batches(batch_size=size, columns=request["columns"])):
        count, where = places(told, size)
        failing += count
        found += [start + place for place in where[: request["examples"] - len(found)]]
    if failing > rows.metadata.num_rows:
        answer(wrong=f"it named {failing} rows, and there are {rows.metadata.num_rows}")
    answer(failing=failing, rows=found, **peak_bytes())
except Wrong as error:
    answer(wrong=str(error))
except Exception as error:
    script = os.path.abspath(__file__)
    files = [(os.path.abspath(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        files.append((os.path.abspath(error.filename), error.lineno))
    own = [(path, line) for path, line in files if path.startswith(here + os.sep) and path != script and os.path.isfile(path)]
    frames = [f"{os.path.relpath(path, here)}:{line}" for path, line in reversed(own)]
    text = f"{type(error).__name__}: {error.msg}" if isinstance(error, SyntaxError) else "".join(traceback.format_exception_only(type(error), error)).strip()
    module = {"module": error.name} if isinstance(error, ModuleNotFoundError) and error.name else {}
    answer(raised={"type": type(error).__name__, "text": text, "frames": frames[:4], **module})
`;
