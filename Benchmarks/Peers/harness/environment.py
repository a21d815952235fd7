"""The virtual environment of the peers, and the machine that they run on."""

import os
import platform
import shutil
import subprocess
import sys
from datetime import date

from harness.paths import CHECKOUT, PEERS, VENV

LEAST_PYTHON = (3, 12)


def make(python=None):
    """Makes the virtual environment and installs requirements.txt from PyPI."""
    chosen = python or find_python()
    subprocess.run([chosen, "-m", "venv", VENV], check=True)
    pip = [VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--upgrade"]
    subprocess.run([*pip, "-r", PEERS / "requirements.txt"], check=True)


def find_python():
    """A Python that the engines can use."""
    if sys.version_info >= LEAST_PYTHON:
        return sys.executable
    for name in ("python3.13", "python3.12"):
        path = shutil.which(name)
        # A version manager may have a stub of that name that doesn't run.
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    raise SystemExit(
        "the peers need Python 3.12 or newer, and there is none on PATH: "
        "install one, or name it with --python /path/to/python3.13")


def python():
    """The environment's Python."""
    path = VENV / "bin" / "python"
    if not path.exists():
        raise SystemExit("the peers are not installed: run peers.py setup first")
    return path


def keep_to(cores):
    """Confines this process and what it starts to so many cores, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, allowed[:cores])


def machine():
    """What the numbers were measured on, for the published table."""
    return {
        "date": date.today().isoformat(), "processor": _processor(), "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}", "python": platform.python_version(),
        "compiler": _first_line("g++", "--version")}


def commit():
    """The checkout's, for what is measured now."""
    return _first_line("git", "-C", CHECKOUT, "rev-parse", "--short=10", "HEAD")


def _processor():
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or "unknown"


def _first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"
