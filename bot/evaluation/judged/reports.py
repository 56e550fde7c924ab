"""What an evaluation found, for CI: a JUnit file, and a summary in Markdown.

Files are copied, and nobody could erase a person from them: of a case that is a
person's they hold its number, and which checks failed; of any other, what was wanted.
What was said stays in the database: `bot evaluate show` tells it.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from bot.evaluation.judged.comparing import Compared, Comparison

# What XML 1.0 can't hold. https://www.w3.org/TR/xml/#charsets
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")
LONGEST_REASON = 500


def write_junit(comparison: Comparison, title: str) -> str:
    """Return the XML that CI takes for tests: one a case.

    A case that fails and is not to fail the evaluation is skipped, and says why.
    """
    worse = set(map(_label, comparison.worse))
    suites = ET.Element("testsuites")
    suite = ET.SubElement(suites, "testsuite", name=title)
    for one in comparison.cases:
        _add_case(suite, one, fails=_label(one) in worse)
    tests = suite.findall("testcase")
    counts = {
        "tests": len(tests),
        "failures": len(suite.findall("testcase/failure")),
        "errors": 0,
        "skipped": len(suite.findall("testcase/skipped")),
        "time": _seconds(sum(one.result.outcome.seconds for one in comparison.cases)),
    }
    for element in (suites, suite):
        element.attrib.update({name: str(value) for name, value in counts.items()})
    ET.indent(suites)
    written = ET.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'


def write_summary(comparison: Comparison, title: str) -> str:
    """Return the summary: what counts first, then every case."""
    return "\n".join(_summary(comparison, title)) + "\n"


def tell_failed(one: Compared) -> str:
    """Return which checks failed, and why, as far as that may be told in a file."""
    failed = one.result.failed
    if one.result.case.user_id is not None:
        return ", ".join(dict.fromkeys(check.kind for check in failed))
    return "; ".join(f"{check.kind}: {check.reason}" for check in failed)


def tell_change(one: Compared) -> str:
    """Return how a case was judged before, and is now."""
    now = f"{one.result.score:.2f}"
    return f"{one.past.score:.2f} → {now}" if one.past else now


def _label(one: Compared) -> str:
    return one.result.case.label


def _add_case(suite: ET.Element, one: Compared, *, fails: bool) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname="cases",
        name=_xml(_label(one)),
        time=_seconds(one.result.outcome.seconds),
    )
    told = _xml(tell_failed(one))[:LONGEST_REASON]
    if fails:
        before = f"score {tell_change(one)}" if one.past else "failed"
        message = told or "the score fell"
        ET.SubElement(case, "failure", type=before, message=message).text = message
    elif not one.result.passed:
        why = "fails in the baseline, too" if one.past else "new, and fails"
        ET.SubElement(case, "skipped", message=f"{why}: {told}")


def _summary(comparison: Comparison, title: str) -> Iterator[str]:
    cases, worse = comparison.cases, comparison.worse
    passed = sum(one.result.passed for one in cases)
    yield f"## {_markdown(title)}"
    yield ""
    yield f"{passed} of {len(cases)} cases passed."
    if comparison.has_baseline:
        new, missing = len(comparison.new), len(comparison.missing)
        yield f"{len(worse)} got worse, {new} are new, {missing} are missing."
    yield ""
    yield "| case | was judged | score | failed |"
    yield "|---|---|---|---|"
    order = {"worse": 0, "failed": 1, "better": 2, "passed": 3}
    for one in sorted(cases, key=lambda one: order[one.verdict]):
        verdict = "new, " if one in comparison.new else ""
        told = _markdown(tell_failed(one)[:LONGEST_REASON])
        label = _markdown(_label(one))
        yield f"| {label} | {verdict}{one.verdict} | {tell_change(one)} | {told} |"
    for label in comparison.missing:
        yield f"| {_markdown(label)} | missing | | |"


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


def _xml(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)


def _markdown(text: str) -> str:
    return MARKUP.sub(r"\\\1", " ".join(_xml(text).split()))
