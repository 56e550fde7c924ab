"""What `bot settings check` tells of files that answers may bring."""

from pathlib import Path

from bot.checks.cautions import find_cautions
from bot.checks.report import DOUBTFUL, report_on
from bot.settings import Settings
from tests.bot.media.outgoing import files


def test_what_is_offered_is_listed_and_what_is_wrong_with_the_rest_is_told(
    tmp_path: Path,
) -> None:
    (tmp_path / "menu.pdf").write_bytes(files.PDF)
    (tmp_path / "menu.pdf.txt").write_text("Our menu.\nFor who asks.")
    (tmp_path / "map.svg").write_bytes(files.SVG)
    (tmp_path / "map.svg.txt").write_text("The way.")
    environment = {"MEDIA_OUT": str(tmp_path)}
    cautions = list(find_cautions(environment, tmp_path / ".env"))
    assert cautions == [], "no process reads all these files at its start"
    report = report_on(Settings.from_env(environment), cautions)
    told = [line for line in report.lines if "menu.pdf" in line or "map.svg" in line]
    listed, warned = told
    assert listed == "Answers may bring menu.pdf: Our menu. For who asks."
    assert warned.startswith("Warning: MEDIA_OUT: map.svg is not offered: WhatsApp")
    assert report.lines[0] == DOUBTFUL
    assert report.is_right


def test_how_many_are_not_looked_at_is_told(tmp_path: Path) -> None:
    for number in range(51):
        (tmp_path / f"{number:02}.pdf.txt").write_text("A file.")
    report = report_on(Settings.from_env({"MEDIA_OUT": str(tmp_path)}), [])
    assert any("those behind 49.pdf are not looked at" in line for line in report.lines)
