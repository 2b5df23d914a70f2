"""Honest small timings: warmed up, interleaved, medians; always a ratio to something measured in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def medians(
    contenders: Mapping[str, Callable[[], object]],
    rounds: int = 7,
    least: float = 0.02,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Return seconds per call of each contender: the median over rounds in which every contender takes its turn.

    ``clock`` is ``time.process_time`` where only the processor's time counts.
    """
    loops = {name: _loops(run, least) for name, run in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            start = clock()
            for _ in range(loops[name]):
                run()
            times[name].append((clock() - start) / loops[name])
    return {name: statistics.median(taken) for name, taken in times.items()}


def _loops(run: Callable[[], object], least: float) -> int:
    run()
    start = time.perf_counter()
    run()
    return max(1, int(least / max(time.perf_counter() - start, 1e-7)))


def kernel() -> str:
    """Name the BLAS kernel chosen here; figures bound by it mean nothing without."""
    from threadpoolctl import threadpool_info

    found = [f"{lib['internal_api']} {lib['version']} {lib.get('architecture', '')}" for lib in threadpool_info()]
    return ", ".join(sorted(set(found))) or "none found"
