"""Where things are. Two environment variables, both with a default."""

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
