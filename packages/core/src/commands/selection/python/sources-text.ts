/** How modules import one another, and what of them happens when they are loaded. */
export const sourcesText = `"""How the modules of the project hang together, as their sources and what was loaded tell."""
import ast, hashlib, os, sys

from .kept_state import keeps_state, memoises
from .recording import HERE, recorder, relative


class Outline(ast.NodeTransformer):
    """A module without what is in its functions: what happens when it is loaded."""

    def visit_FunctionDef(self, node):
        yields = any(isinstance(inner, (ast.Yield, ast.YieldFrom)) for inner in ast.walk(node))
        node.body = [ast.Expr(ast.Constant(repr([ast.get_docstring(node, clean=False), yields])))]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef


def parsed(path):
    try:
        recorder.listens = False
        with open(os.path.join(HERE, path), "rb") as file:
            return ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
    finally:
        recorder.listens = True


def outline_of(path):
    """SHA-256 of what happens when a module is loaded; empty where that cannot be told."""
    tree = parsed(path)
    try:
        text = "" if tree is None else ast.dump(Outline().visit(tree))
    except RecursionError:
        text = ""
    return "" if text == "" else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class Source:
    """One file of the project as the graph of modules has it."""

    def __init__(self, path, modules):
        tree = parsed(path)
        self.explicit, self.parents = set(), set()
        self.is_dynamic = tree is None
        self.keeps = self.memoises = True
        if tree is not None:
            self.memoises = memoises(tree)
            self.is_dynamic = any(looks_up(node) for node in ast.walk(tree))
            self.keeps = keeps_state(tree)
            for name in modules.imported_by(tree, path):
                self.note(name, modules)
            for name in modules.names_of(path):
                self.note_parents(name, modules)

    def note(self, name, modules):
        file = modules.files.get(name)
        if file is not None:
            self.explicit.add(file)
        self.note_parents(name, modules)

    def note_parents(self, name, modules):
        while "." in name:
            name = name.rpartition(".")[0]
            if modules.files.get(name) is not None:
                self.parents.add(modules.files[name])


LOOKS_UP = {
    "import_module", "spec_from_file_location", "run_path", "run_module", "importorskip", "walk_packages", "iter_modules",
    "load_module", "exec_module",
}


def looks_up(node):
    """Whether a module is found at run time by a name that the source does not show."""
    if isinstance(node, ast.Attribute):
        return node.attr in LOOKS_UP or (node.attr == "modules" and isinstance(node.value, ast.Name) and node.value.id == "sys")
    return isinstance(node, ast.Name) and node.id in LOOKS_UP | {"__import__", "exec", "eval"}


class Modules:
    """Modules of the project that are or were loaded, by name."""

    def __init__(self):
        self.files, self.values = {}, {}

    def look(self, more=()):
        for name, module in list(sys.modules.items()) + [(getattr(one, "__name__", ""), one) for one in more]:
            try:
                path = object.__getattribute__(module, "__dict__").get("__file__")
            except AttributeError:
                continue
            inside = relative(path) if isinstance(path, str) and path.endswith(".py") else None
            if inside is not None:
                # several conftest.py have one name
                key = name if self.files.get(name, inside) == inside else name + "@" + inside
                self.files[key], self.values[key] = inside, module

    def names_of(self, path):
        return [name for name, file in self.files.items() if file == path]

    def below(self, name):
        return [one for one in self.files if one == name or one.startswith(name + ".")]

    def imported_by(self, tree, path):
        names = self.names_of(path) or [""]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield from self.below(alias.name if alias.asname else alias.name.split(".")[0])
            elif isinstance(node, ast.ImportFrom):
                for name in names:
                    yield from self.from_import(node, name.split("@")[0], path)

    def from_import(self, node, name, path):
        base = node.module or ""
        if node.level > 0:
            package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
            for _ in range(node.level - 1):
                package = package.rpartition(".")[0]
            base = ".".join(part for part in (package, base) if part)
        holder = self.values.get(base)
        for alias in node.names:
            if alias.name == "*":
                yield from self.below(base)
                continue
            inner = base + "." + alias.name
            yield from self.below(inner)
            is_module = inner in self.values and holder is not None and vars(holder).get(alias.name) is self.values[inner]
            if not is_module:
                yield base
`;
