/**
 * What is run in the user's Python to tell a Pandera schema as JSON: `python -c SCRIPT FILE NAME`. Standard library and the user's own Pandera only;
 * the file is imported as Python imports it, with its folder on the path.
 */
export const panderaScript = String.raw`
import importlib.util, json, os, sys

def plain(value):
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        return plain(value.item())
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((plain(one) for one in value), key=repr)
    if isinstance(value, (list, tuple)) or hasattr(value, "__iter__"):
        return [plain(one) for one in value]
    return str(value)

known = {"equal_to", "not_equal_to", "greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to", "in_range",
         "isin", "notin", "str_matches", "str_contains", "str_startswith", "str_endswith", "str_length", "unique_values_eq"}

def check(one):
    name = getattr(one, "name", None)
    is_known = name in known and type(one).__name__ == "Check" and not getattr(one, "element_wise", False) and not getattr(one, "groupby", None)
    return {"name": str(name), "known": is_known, "statistics": plain(getattr(one, "statistics", None) or {}) if is_known else {},
            "error": None if is_known else plain(getattr(one, "error", None)), "description": plain(getattr(one, "description", None)),
            "ignoresNull": bool(getattr(one, "ignore_na", True)), "warns": bool(getattr(one, "raise_warning", False))}

def column(name, one):
    return {"name": str(name), "type": None if one.dtype is None else str(one.dtype), "nullable": bool(one.nullable),
            "unique": bool(one.unique), "required": bool(one.required), "coerce": bool(one.coerce), "regex": bool(getattr(one, "regex", False)),
            "description": plain(one.description), "title": plain(one.title), "checks": [check(each) for each in one.checks or []]}

path, name = sys.argv[1], sys.argv[2]
sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
spec = importlib.util.spec_from_file_location(os.path.splitext(os.path.basename(path))[0], path)
module = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = module
output, sys.stdout = sys.stdout, sys.stderr
spec.loader.exec_module(module)
if not hasattr(module, name):
    found = [one for one in dir(module) if hasattr(getattr(module, one), "to_schema") or hasattr(getattr(module, one), "columns")]
    sys.exit("TIDEGATE: the file has no " + repr(name) + ("; it has " + ", ".join(found) if found else ""))
schema = getattr(module, name)
if isinstance(schema, type) and hasattr(schema, "to_schema"):
    schema = schema.to_schema()
if not hasattr(schema, "columns") or not hasattr(schema, "checks"):
    sys.exit("TIDEGATE: " + repr(name) + " is no DataFrameSchema and no DataFrameModel")
import pandera
index = getattr(schema, "index", None)
json.dump({"pandera": pandera.__version__, "name": plain(schema.name), "description": plain(getattr(schema, "description", None)),
           "strict": plain(schema.strict), "ordered": bool(schema.ordered), "coerce": bool(schema.coerce),
           "unique": plain(schema.unique), "hasIndex": index is not None,
           "columns": [column(each, one) for each, one in schema.columns.items()],
           "checks": [check(each) for each in schema.checks or []]}, output, allow_nan=False)
`;
