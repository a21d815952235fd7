"""Where things are. Everything that a run makes goes below `.work/`, which git ignores."""

from pathlib import Path

PEERS = Path(__file__).resolve().parent.parent
CHECKOUT = PEERS.parent.parent
EXAMPLES = CHECKOUT / "Examples"
EXPECTED = EXAMPLES / "expected"
PUBLISHED = CHECKOUT / "Benchmarks" / "Results"
BENCH = CHECKOUT / ".build" / "release" / "bench"
MODELS = PEERS / "models"

WORK = PEERS / ".work"
VENV = WORK / "venv"
DATA = WORK / "data"
BUILDS = WORK / "builds"
CACHES = WORK / "caches"
RESULTS = WORK / "results"
