/** Which modules may hand something from one test to another. */
export const keptStateText = `"""Whether a module may hand something from one test to another by what it keeps. Yes where that is not sure."""
import ast

FIXED_CALLS = {
    "Path", "PurePath", "frozenset", "tuple", "str", "int", "float", "bool", "bytes", "len", "range", "min", "max", "compile",
    "join", "dirname", "abspath", "realpath", "resolve",
}
HARMLESS = {
    "property", "setter", "getter", "deleter", "staticmethod", "classmethod", "abstractmethod", "overload", "override", "final",
    "contextmanager", "asynccontextmanager", "wraps", "no_grad", "inference_mode", "njit", "jit", "patch", "object", "given", "settings",
}


def memoises(tree):
    """Whether what a function gave may be had again without running it, as a cache does it."""
    for node in ast.walk(tree):
        name = getattr(node, "id", getattr(node, "attr", None)) if isinstance(node, (ast.Name, ast.Attribute)) else None
        if name is not None and ("cache" in name.lower() or "memo" in name.lower()):
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not all(map(is_harmless, node.decorator_list)):
            return True
    return False


def is_harmless(decorator):
    """Whether a decorator is known to call its function whenever it is called."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return "pytest" in ast.dump(called) or getattr(called, "id", getattr(called, "attr", None)) in HARMLESS


def is_fixed(value):
    """Whether a value is surely one that nobody can change."""
    if isinstance(value, (ast.Constant, ast.Name, ast.Attribute, ast.Lambda, ast.JoinedStr)):
        return True
    if isinstance(value, ast.Tuple):
        return all(map(is_fixed, value.elts))
    if isinstance(value, ast.BinOp):
        return is_fixed(value.left) and is_fixed(value.right)
    if isinstance(value, ast.UnaryOp):
        return is_fixed(value.operand)
    if isinstance(value, ast.Call):
        return "pytest" in ast.dump(value.func) or getattr(value.func, "id", getattr(value.func, "attr", None)) in FIXED_CALLS
    return False


def keeps_state(tree):
    """For a module of tests, whose functions the tests themselves call."""
    top, changeable, functions = set(), set(), []

    def look(body):
        for node in body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                top.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                functions.append(node)
                top.add(node.name)
            elif isinstance(node, ast.ClassDef):
                top.add(node.name)
                look(node.body)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = {inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name)}
                top.update(names)
                if node.value is not None and not is_fixed(node.value):
                    changeable.update(names)
            elif isinstance(node, ast.If):
                look(node.body + node.orelse)
            elif isinstance(node, ast.Try):
                handled = [inner for handler in node.handlers for inner in handler.body]
                look(node.body + node.orelse + node.finalbody + handled)
            elif not isinstance(node, (ast.Expr, ast.Pass)):
                changeable.update(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))

    look(tree.body)
    return any(keeps(function, top | {"cls"}, changeable) for function in functions)


def keeps(function, top, changeable):
    if not all(map(is_harmless, function.decorator_list)):
        return True
    defaults = function.args.defaults + [one for one in function.args.kw_defaults if one is not None]
    if not all(map(is_fixed, defaults)):
        return True
    for node in (inner for statement in function.body for inner in ast.walk(statement)):
        if isinstance(node, ast.Global):
            return True
        if isinstance(node, (ast.Name, ast.Attribute)) and getattr(node, "id", getattr(node, "attr", None)) in changeable:
            return True
        if isinstance(node, ast.Attribute) and node.attr in ("__class__", "__dict__"):
            return True
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            root = node
            while isinstance(root, (ast.Attribute, ast.Subscript)):
                root = root.value
            if not isinstance(root, ast.Name) or root.id in top:
                return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and keeps(node, top, changeable):
            return True
    return False
`;
