/** What runs and is opened while a test runs: by `sys.monitoring`, before Python 3.12 by a profiler, and by an audit hook. */
export const recordingText = `"""What ran from one moment to another, and which files were opened."""
import os, sys, threading

OWN = "tidegate_selection/"
HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PLACES = tuple({place + os.sep for place in (HERE, os.path.realpath(os.getcwd()), os.getcwd())})
PROCESSES = {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "pty.spawn"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
OF_TOOLS = (".pytest_cache", ".hypothesis", ".tidegate", OWN.replace("/", os.sep))


def relative(path):
    """Of a file of the project its path from the top, with slashes; None for any other."""
    path = os.path.join(HERE, path)
    inside = next((path[len(place):] for place in PLACES if path.startswith(place)), None)
    if inside is None:
        real = os.path.realpath(path)
        inside = real[len(HERE) + 1:] if real.startswith(HERE + os.sep) else None
    return None if inside is None or inside.startswith(OWN) else inside.replace(os.sep, "/")


class Part:
    """What ran, and which sources were read as text, from one moment to another."""

    def __init__(self):
        self.files, self.read, self.why = set(), set(), None

    def add(self, other):
        self.files |= other.files
        self.read |= other.read
        self.why = self.why or other.why


class Recorder:
    def __init__(self):
        self.outside = self.part = Part()
        self.test = None
        self.written = {}
        self.listens = True
        self.tool = self.free_tool()
        if self.tool is None:
            threading.setprofile(self.profiled)
            sys.setprofile(self.profiled)

    def free_tool(self):
        monitoring = getattr(sys, "monitoring", None)
        for tool in () if monitoring is None else (4, 3):
            try:
                monitoring.use_tool_id(tool, "tidegate")
            except ValueError:
                continue
            for event in (monitoring.events.PY_START, monitoring.events.PY_RESUME):
                monitoring.register_callback(tool, event, self.started)
            monitoring.set_events(tool, monitoring.events.PY_START | monitoring.events.PY_RESUME)
            return tool
        return None

    # while modules are loaded only functions count: what a module does by itself is in its outline
    def started(self, code, _offset):
        if self.test is not None or code.co_flags & 1:
            self.part.files.add(code.co_filename)
        return sys.monitoring.DISABLE

    def profiled(self, frame, event, _argument):
        if event == "call" and (self.test is not None or frame.f_code.co_flags & 1):
            self.part.files.add(frame.f_code.co_filename)

    def enter(self):
        outer, self.part = self.part, Part()
        if self.tool is not None:
            sys.monitoring.restart_events()
        return outer

    def leave(self, outer):
        part, self.part = self.part, outer
        if self.tool is not None:
            sys.monitoring.restart_events()
        elif sys.getprofile() != self.profiled:
            part.why = part.why or "it sets a profiler of its own"
            sys.setprofile(self.profiled)
        return part

    def audit(self, event, arguments):
        if event in PROCESSES:
            self.part.why = self.part.why or "it starts a process"
        elif event == "open" and self.listens:
            self.opened(*arguments)

    def opened(self, path, _mode, flags):
        if not isinstance(path, (str, bytes)):
            return
        path = os.path.abspath(os.fsdecode(path))
        inside = next((path[len(place):] for place in PLACES if path.startswith(place)), None)
        if inside is None or inside.startswith(OF_TOOLS) or "__pycache__" in inside:
            return
        if isinstance(flags, int) and flags & WRITES:
            self.written.setdefault(inside, self.test)
        elif inside.endswith(".py"):
            if not is_loading(sys._getframe(3)):
                self.part.read.add(inside.replace(os.sep, "/"))
        elif self.written.get(inside, self.test) != self.test:
            self.part.why = self.part.why or "it reads " + inside + ", which something else writes"


def is_loading(frame):
    """Whether it is Python or pytest that opens a source, to load it."""
    while frame is not None and "pathlib" in frame.f_code.co_filename:
        frame = frame.f_back
    name = "" if frame is None else frame.f_code.co_filename
    return name.startswith("<frozen importlib") or name.endswith(os.path.join("_pytest", "assertion", "rewrite.py"))


recorder = Recorder()
sys.addaudithook(lambda event, arguments: recorder.audit(event, arguments))
`;
