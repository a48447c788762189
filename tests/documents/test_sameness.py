"""The bytes of a document are its proof: the same facts must give them again, anywhere, at any time."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import samples

from bot.documents.render import render_pdf, render_png

ROOT = Path(__file__).parents[2]
KINDS = (
    "payment_notice",
    "dunning_notice",
    "legal_notice",
    "sign_off_sheet",
    "payment_receipt",
    "work_order",
)
PRINT_HASHES = """
import hashlib, json, sys
import samples
from bot.documents.render import render_pdf
kinds = json.loads(sys.argv[1])
print(json.dumps([hashlib.sha256(render_pdf(getattr(samples, kind)())).hexdigest() for kind in kinds]))
"""


@pytest.mark.parametrize("kind", KINDS)
def test_twice_in_one_process(kind: str) -> None:
    make = getattr(samples, kind)
    assert render_pdf(make()) == render_pdf(make())
    assert render_png(make(), ppi=40) == render_png(make(), ppi=40)


def test_in_another_process_another_place_another_year(tmp_path: Path) -> None:
    # The year and the time zone come from outside, as they would on another machine.
    outside = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests/documents'}", "TZ": "America/New_York", "LANG": "C"}
    outside |= {"SOURCE_DATE_EPOCH": "1893456000", "PYTHONHASHSEED": "7", "PATH": os.environ["PATH"]}
    found = subprocess.run(
        [sys.executable, "-c", PRINT_HASHES, json.dumps(KINDS)],
        env=outside,
        cwd=tmp_path,
        capture_output=True,
        check=True,
        timeout=60,
    )
    here = [hashlib.sha256(render_pdf(getattr(samples, kind)())).hexdigest() for kind in KINDS]
    assert json.loads(found.stdout) == here


def test_one_fen_more_is_another_document() -> None:
    letter = samples.payment_notice()
    other = samples.payment_notice(previous_balance_fen=50_001)
    assert render_pdf(letter) != render_pdf(other)
