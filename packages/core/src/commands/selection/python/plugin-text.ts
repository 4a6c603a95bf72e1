/** The hooks of pytest, which test has to run, and what each depends on. Runs in the project's Python, from 3.8 on, and needs nothing but pytest. */
export const pluginText = `"""Tells of each test which files of the project it depends on, and leaves out those that an earlier run answers for. By Tidegate."""
import json, os

import pytest

from .recording import HERE, OWN, Part, recorder, relative
from .sources import Modules, Source, outline_of

FOLDER = os.path.join(HERE, OWN)
modules = Modules()
at_collection = set()
tests, fixtures, finished = {}, {}, set()
known_files, carried, ran = [], {}, {}  # what an earlier run told, the tests that are left out with that, and why the others are run


class Test:
    def __init__(self, item):
        self.part, self.fixtures = Part(), None
        self.path = relative(str(getattr(item, "path", None) or item.fspath))


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    test = tests.setdefault(item.nodeid, Test(item))
    recorder.test = item.nodeid
    outer = recorder.enter()
    yield
    recorder.test = None
    test.part.add(recorder.leave(outer))


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef, request):
    if fixturedef.scope == "function":
        yield
        return
    outer = recorder.enter()
    yield
    part = recorder.leave(outer)
    outer.add(part)
    fixtures.setdefault(fixturedef.argname, Part()).add(part)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_teardown(item, nextitem):
    names = getattr(item, "fixturenames", None)
    found = getattr(getattr(item, "_request", None), "_fixture_defs", None)
    if item.nodeid in tests:
        tests[item.nodeid].fixtures = None if names is None or found is None else set(names) | set(found)
    finished.clear()
    outer = recorder.enter()
    outcome = yield
    part = recorder.leave(outer)
    outer.add(part)
    for name in finished:
        own = fixtures.setdefault(name, Part())
        own.add(part)
        if outcome.excinfo is not None:  # which is blamed on the test that happens to be the last
            own.why = own.why or "the fixture " + name + " did not end well"


def pytest_fixture_post_finalizer(fixturedef, request):
    if fixturedef.scope != "function":
        finished.add(fixturedef.argname)


def name_in_report(nodeid):
    """As pytest's junitxml names a test."""
    path, bracket, parameters = nodeid.partition("[")
    parts = path.split("::")
    parts[0] = parts[0].replace("/", ".")
    parts[0] = parts[0][:-3] if parts[0].endswith(".py") else parts[0]
    parts[-1] += bracket + parameters
    return "::".join(part for part in (".".join(parts[:-1]), parts[-1]) if part)


def plugins_of(config):
    return [one for one in config.pluginmanager.get_plugins() if isinstance(getattr(one, "__file__", None), str)]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session, config, items):
    modules.look([getattr(item, "module", None) for item in items] + plugins_of(config))
    at_collection.update(modules.files.values())
    try:
        with open(os.path.join(FOLDER, "known.json")) as file:
            known = json.load(file)
    except FileNotFoundError:
        return
    reason = reason_to_run(known, {relative(str(getattr(item, "path", None) or item.fspath)) for item in items})
    ran.update((item.nodeid, reason(item.nodeid)) for item in items)
    left = [item for item in items if ran[item.nodeid] is None]
    for item in left:
        del ran[item.nodeid]
        carried[item.nodeid] = known["tests"][item.nodeid]
    known_files.extend(one["path"] for one in known["files"])
    tell()
    if left:
        items[:] = [item for item in items if item.nodeid not in carried]
        config.hook.pytest_deselected(items=left)


def reason_to_run(known, paths):
    files = {one["path"]: one["outline"] for one in known["files"]}
    order = list(files)
    for path, how in known["changed"].items():
        if how == "removed":
            return lambda _: path + " was removed"
        if path not in files and not (how == "added" and path in paths):
            return lambda _: path + (" was added" if how == "added" else " changed, and no test is known to use it")
    outlines = {path: outline_of(path) for path in known["changed"] if path in files}
    changed = {index for index, path in enumerate(order) if path in known["changed"]}
    same = {path for path, outline in outlines.items() if outline != "" and outline == files[path]}
    loaded_otherwise = {index for index in changed if order[index] not in same}

    def reason(nodeid):
        test = known["tests"].get(nodeid)
        if test is None:
            return "nothing is known of it"
        if test["why"] != "":
            return test["why"]
        hit = sorted((changed & set(test["whole"])) | (loaded_otherwise & set(test["imported"])))
        return order[hit[0]] + " changed" if hit else None

    return reason


def reach(start, step):
    seen, open_ends = set(start), list(start)
    while open_ends:
        for path in step(open_ends.pop()):
            if path not in seen:
                seen.add(path)
                open_ends.append(path)
    return seen


def dependencies(plugins):
    sources = {}

    def source(path):
        if path not in sources:
            sources[path] = Source(path, modules)
        return sources[path]

    def closure(paths):
        return reach(paths, lambda path: source(path).explicit)

    def loaded_with(paths):
        return reach(paths, lambda path: source(path).explicit | source(path).parents)

    def paths(part):
        return {relative(path) for path in part.files if path.endswith(".py")} - {None}

    by_others = {path for file in set(modules.files.values()) for path in source(file).explicit if path != file}
    homes = ({test.path for test in tests.values()} | plugins) - by_others
    late = set(modules.files.values()) - at_collection
    everyone = recorder.outside.read
    while_loading = paths(recorder.outside)
    for nodeid, test in tests.items():
        part = Part()
        part.add(test.part)
        for name, own in fixtures.items():
            if test.fixtures is None or name in test.fixtures:
                part.add(own)
        touched = (paths(part) | {test.path}) - {None}
        whole = touched | part.read | everyone
        whole |= closure({path for path in touched if path not in homes or source(path).keeps})
        imported = loaded_with(whole | plugins)
        whole |= closure({path for path in imported if path in late or source(path).memoises}) | (imported & while_loading)
        imported = loaded_with(whole | plugins)
        dynamic = next((path for path in sorted(imported) if source(path).is_dynamic), None)
        why = part.why or ("" if dynamic is None else dynamic + " finds modules by name")
        yield nodeid, sorted(whole), sorted(imported - whole), why


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    if not tests and not carried:
        return
    modules.look()
    plugins = {relative(one.__file__) for one in plugins_of(session.config)} - {None}
    files, told = {}, {}

    def index(path):
        return files.setdefault(path, len(files))

    for nodeid, one in carried.items():
        told[nodeid] = dict(one, **{kind: [index(known_files[at]) for at in one[kind]] for kind in ("whole", "imported")})
    for nodeid, whole, imported, why in dependencies(plugins):
        name = name_in_report(nodeid)
        told[nodeid] = {"name": name, "whole": list(map(index, whole)), "imported": list(map(index, imported)), "why": why}
    tell(files=[{"path": path, "outline": outline_of(path)} for path in files], tests=told)


def tell(**more):
    """Written when tests are left out and again at the end, so that it is known also of a run that breaks off."""
    target = os.path.join(FOLDER, "told-%d.json" % os.getpid())
    with open(target + ".part", "w") as file:
        json.dump(dict({"left": sorted(carried), "ran": ran, "files": [], "tests": {}}, **more), file)
    os.replace(target + ".part", target)
`;
