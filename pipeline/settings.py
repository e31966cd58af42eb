"""Where things are. Environment variables, all with a default."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SEEDS = PROJECT / "seeds"
SAMPLE = PROJECT / "sample" / "raw"


def raw_dir() -> Path:
    """RAW_DIR: folder of `<return>/<edition>/<file>`; default: the synthetic sample."""
    return Path(os.environ.get("RAW_DIR") or SAMPLE)


def warehouse_dir() -> Path:
    """WAREHOUSE_DIR: working database, cache and published mart; default `warehouse/`."""
    return Path(os.environ.get("WAREHOUSE_DIR") or PROJECT / "warehouse")


def package_version() -> str:
    """The version that pyproject.toml gives."""
    from importlib.metadata import version

    return version("la-mart")


def local_server() -> str:
    """FETCH_LOCAL_SERVER: for tests, a server on this machine that stands in for all publishers."""
    return os.environ.get("FETCH_LOCAL_SERVER") or ""
