"""Lists and numbers in messages."""

import csv
import io

SHOWN = 20  # lines of a list; the rest is counted
PASTE = 40  # rows to paste into a seed: more than that is another layout, not a drift


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Aligned lines of which the first `SHOWN` are shown."""
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))] if rows else []
    lines = ["  " + "  ".join(t.ljust(w) for t, w in zip(r, widths, strict=True)).rstrip() for r in rows]
    return lines[:SHOWN] + ([f"  ... and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else [])


def some(texts: list[str], between: str, shown: int) -> str:
    """The first texts, and how many more there are."""
    more = [f"... and {len(texts) - shown} more"] if len(texts) > shown else []
    return between.join(texts[:shown] + more)


def counted(n: int, noun: str) -> str:
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{n:,} {noun if n == 1 else plural}"


def csv_line(row: dict[str, str]) -> str:
    """A seed row as it stands in the file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row.values())
    return out.getvalue()
