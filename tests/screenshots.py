"""Pictures of every kind of page in every stage, at 1280 and 390 pixels: ``python -m tests.screenshots --out DIR``."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import NARROW, WIDE, chromium_path
from tests.looking import a_lens
from tests.site import Sample, samples, walk
from tests.workbench.showcase import NOBODY, STATES, Showcase, showcase

EVERYBODY = ("officer", NOBODY, "approver", "administrator", "auditor")


def main() -> None:
    """Make the pictures and say how many there are."""
    parser = argparse.ArgumentParser(prog="./run screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("screenshots"), help="the folder for the pictures")
    parser.add_argument("--states", nargs="*", default=list(STATES), choices=STATES, help="only these stages")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    path = chromium_path()
    if path is None:
        raise SystemExit("no Chromium here: install it (Debian: chromium libatomic1) or name it in $CHROMIUM")
    started, count = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder, showcase(Path(folder), demo=True) as made, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=path, args=["--no-sandbox"])
        with a_lens(made, browser) as lens:
            for sample in chosen(made, wanted.states):
                for size in (WIDE, NARROW):
                    lens.picture(sample, size, wanted.out)
                    count += 1
        browser.close()
    print(f"{count} pictures in {wanted.out}, in {time.monotonic() - started:.0f} s")


def chosen(made: Showcase, states: list[str]) -> Iterator[Sample]:
    """Choose one page of each kind in each stage, seen by the first who reaches it."""
    names: set[str] = set()
    for who in EVERYBODY:
        for sample in samples(made, who, walk(made, who, states)):
            if sample.name not in names:
                names.add(sample.name)
                yield sample


if __name__ == "__main__":
    main()
