"""What got worse, and how files for CI tell it."""

from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest

from bot.evaluation.judged.comparing import Past, compare
from bot.evaluation.judged.reports import write_junit, write_summary
from tests.bot.evaluation.judged.outcomes import a_case, a_result

ONE = a_case(must="x")
ALL, HALF, NONE = (True, True), (True, False), (False, False)


@pytest.mark.parametrize(
    ("passed", "past", "verdict"),
    [
        (ALL, None, "passed"),
        (HALF, None, "failed"),
        (ALL, Past(True, 1.0), "passed"),
        (HALF, Past(True, 1.0), "worse"),
        (HALF, Past(True, 0.5), "worse"),
        (HALF, Past(False, 0.5), "failed"),
        (HALF, Past(False, 0.55), "failed"),
        (HALF, Past(False, 0.56), "worse"),
        (NONE, Past(False, 0.5), "worse"),
        (ALL, Past(False, 0.5), "better"),
    ],
)
def test_a_case_got_worse_where_it_fails_now_or_its_score_fell(
    passed: tuple[bool, ...], past: Past | None, verdict: str
) -> None:
    baseline = {"one": past} if past else {}
    (told,) = compare([a_result(ONE, *passed)], baseline, 0.05).cases
    assert told.verdict == verdict


def test_without_a_baseline_each_case_that_fails_counts() -> None:
    results = [a_result(ONE, *HALF)]
    assert compare(results, None, 0.05).worse
    assert not compare(results, {}, 0.05).worse


def test_what_was_not_asked_for_is_not_missing() -> None:
    past = {"one": Past(True, 1), "other": Past(True, 1)}
    results = [a_result(ONE, *ALL)]
    assert compare(results, past, 0.05).missing == ("other",)
    assert compare(results, past, 0.05, is_whole=False).missing == ()


def test_files_name_a_persons_case_by_its_number_alone() -> None:
    theirs = a_case(name=None, user_id=uuid4(), must="x")
    hostile = a_case(name="a|b <b>\x00", must="x")
    results = [a_result(theirs, *NONE), a_result(hostile, *HALF)]
    compared = compare(results, None, 0.05)
    junit, summary = write_junit(compared, "E"), write_summary(compared, "E")
    found = ET.fromstring(junit)  # noqa: S314  (ours)
    told = {c.get("name"): c.find("failure") for c in found.iter("testcase")}
    of_person, of_file = told["case 7"], told["a|b <b>\ufffd"]
    assert of_person is not None
    assert of_person.get("message") == "kind0, kind1"
    assert of_file is not None
    assert of_file.get("message") == "kind1: why"
    assert "Zelda" not in junit + summary
    assert "| case 7 | failed | 0.00 | kind0, kind1 |" in summary
    assert "| a\\|b \\<b\\>\ufffd | failed | 0.50 | kind1: why |" in summary


def test_what_is_not_to_fail_the_evaluation_is_skipped_and_says_why() -> None:
    new, old = a_case(name="new", must="x"), a_case(name="old", must="x")
    results = [a_result(new, *HALF), a_result(old, *HALF)]
    junit = write_junit(compare(results, {"old": Past(False, 0.5)}, 0.05), "E")
    suite = ET.fromstring(junit).find("testsuite")  # noqa: S314  (ours)
    assert suite is not None
    counts = {n: suite.get(n) for n in ("tests", "failures", "skipped", "errors")}
    assert counts == {"tests": "2", "failures": "0", "skipped": "2", "errors": "0"}
    skipped = [one.get("message") for one in suite.iter("skipped")]
    assert skipped == [
        "new, and fails: kind1: why", "fails in the baseline, too: kind1: why",
    ]  # fmt: skip
