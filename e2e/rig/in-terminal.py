"""Runs a command in a terminal of its own and does things to it when it has said something.

Usage: in-terminal.py COMMAND… , with a JSON list on standard input: ["text to wait for", "ctrl-c"], … Prints the exit code, -n for signal n.
Actions: ctrl-c (a key), close (the terminal), any name of a signal (to the command alone).
"""
import json, os, pty, select, signal, sys, time

script = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])


def read():
    """What the command says, for a tenth of a second at most; None when the terminal is gone."""
    if terminal is None or not select.select([terminal], [], [], 0.1)[0]:
        return b""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return None


said = b""
limit = time.monotonic() + 60
for text, action in script:
    while text.encode() not in said:
        chunk = read()
        if chunk is None or time.monotonic() > limit:
            sys.exit(f"never said {text!r}: {said.decode(errors='replace')}")
        said += chunk
    said = said.split(text.encode(), 1)[1]
    if action == "ctrl-c":
        os.write(terminal, b"\x03")
    elif action == "close":
        os.close(terminal)
        terminal = None
    else:
        os.kill(pid, getattr(signal, action))
while True:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        break
    if terminal is None:
        time.sleep(0.05)
    elif read() is None:
        terminal = None
print(os.waitstatus_to_exitcode(status))
