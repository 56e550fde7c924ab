from dataclasses import replace

from tests.chaos.checker import Verdict
from tests.chaos.table import format_table

FINE = Verdict(
    sent=1000,
    acknowledged=990,
    answered=995,
    lost=(),
    doubled=(),
    out_of_order=(),
    slowest=3.456,
    recovery=None,
)
BAD = replace(FINE, lost=("[u01-m001-00aa]", "[u01-m002-00bb]"), recovery=12.0)
BAD = replace(BAD, since_back=3.4)


def test_each_scenario_has_its_line_of_figures() -> None:
    lines = format_table({"calm": FINE, "kill-worker": BAD}).splitlines()
    assert lines[0].split()[:4] == ["scenario", "sent", "acknowledged", "answered"]
    told = "calm 1000 990 995 0 0 0 0 3.5 s"
    assert lines[1].split() == told.split()
    assert lines[2].split()[4] == "2"
    assert lines[2].endswith("12.0 s       3.4 s")


def test_columns_are_aligned() -> None:
    lines = format_table({"calm": FINE, "kill-worker": BAD}).splitlines()[:3]
    assert len({len(line) for line in lines}) == 1


def test_markdown_has_borders_and_a_rule() -> None:
    lines = format_table({"calm": FINE}, markdown=True).splitlines()
    assert lines[1].startswith("| --")
    assert {line.count("|") for line in lines[:3]} == {12}
