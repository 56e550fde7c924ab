"""A replay as one page: nothing is loaded from elsewhere, and no script runs."""

from collections.abc import Iterable, Iterator
from html import escape

from bot.cli.evaluation.replaying.words import (
    describe_call,
    describe_divergence,
    told,
    words_apart,
)
from db.money.costs import amount_of
from db.records.evaluation import Replay, ReplayAnswer

# Nothing may be loaded, whatever the texts say.
HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<title>Replay {id}</title>
<style>
:root {{
  --page: #f6f7f9; --card: #fff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de;
  --gone: #ffe1de; --gone-text: #8f1d14; --new: #d7f5dd; --new-text: #0d5323;
  --warn: #7a4b00;
}}
@media (prefers-color-scheme: dark) {{
  :root {{
    --page: #0f1318; --card: #181d24; --text: #e6e9ed; --soft: #9aa4af;
    --line: #343c46; --gone: #4d1d1a; --gone-text: #ffc4bd; --new: #163b22;
    --new-text: #b4f0c3; --warn: #f2c572;
  }}
}}
* {{ box-sizing: border-box; }}
body {{
  margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}}
h1 {{ font-size: 1.4rem; margin: 0 0 .25rem; }}
h2 {{ font-size: 1rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }}
h3 {{ font-size: .85rem; margin: 0 0 .25rem; color: var(--soft); }}
p {{ margin: .25rem 0; }}
.soft {{ color: var(--soft); font-size: .9rem; }}
article {{
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: 1rem; margin: 1rem 0;
}}
.both {{ display: grid; gap: 1rem; margin-top: .75rem; }}
@media (min-width: 48rem) {{ .both {{ grid-template-columns: 1fr 1fr; }} }}
.both > section {{
  min-width: 0; border-top: 3px solid var(--line); padding-top: .5rem;
}}
.said {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
del, ins {{ text-decoration: none; border-radius: .2rem; padding: 0 .1rem; }}
del {{
  background: var(--gone); color: var(--gone-text); text-decoration: line-through;
}}
ins {{ background: var(--new); color: var(--new-text); font-weight: 600; }}
ul {{ margin: .5rem 0 0; padding-inline-start: 1.25rem; overflow-wrap: anywhere; }}
.warn {{ color: var(--warn); }}
details pre {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
</style>
</head>
<body>
"""
FOOT = "</body>\n</html>\n"


def as_page(replay: Replay, answers: Iterable[ReplayAnswer]) -> Iterator[str]:
    """Yield the page, an answer at a time."""
    yield HEAD.format(id=replay.id)
    yield from _top(replay)
    for answer in answers:
        yield from _article(answer, replay.currency)
    yield FOOT


def _top(replay: Replay) -> Iterator[str]:
    yield f"<h1>Replay {replay.id}</h1>\n"
    tried = [
        replay.asked_for,
        f"model {replay.model}" if replay.model else "the model that is set",
        "another prompt" if replay.prompt else "the prompt that is set",
        f"knowledge of {replay.knowledge}",
    ]
    yield f'<p class="soft">{escape("; ".join(tried))}</p>\n'
    counts = [f"{replay.same:,} the same", f"{replay.other:,} otherwise"]
    counts += [f"{replay.failed:,} failed"] if replay.failed else []
    counts += [f"{replay.waiting:,} left"] if replay.waiting else []
    if replay.currency:
        counts.append(f"{amount_of(replay.spent_micros)} {replay.currency} spent")
    yield f"<p>{escape(', '.join(counts))}.</p>\n"
    if replay.prompt:
        text = escape(replay.prompt)
        yield f'<details><summary>The prompt</summary><pre dir="auto">{text}</pre>'
        yield "</details>\n"


def _article(answer: ReplayAnswer, currency: str | None) -> Iterator[str]:
    yield f"<article>\n<h2>{answer.position}. {_verdict(answer)}</h2>\n"
    yield f'<p class="said" dir="auto">{escape(answer.question)}</p>\n'
    yield '<div class="both">\n<section><h3>Then</h3>\n'
    yield _said(answer.before, answer.after, "del")
    yield "</section>\n<section><h3>Now</h3>\n"
    if answer.after is None:
        why = escape(answer.error or "it was not asked for yet")
        yield f'<p class="warn">No answer: {why}</p>\n'
    else:
        yield _said(answer.after, answer.before, "ins")
    yield "</section>\n</div>\n"
    yield from _beside(answer)
    yield f'<p class="soft">{escape(_figures(answer, currency))}</p>\n</article>\n'


def _verdict(answer: ReplayAnswer) -> str:
    if answer.state != "done":
        return "failed" if answer.state == "failed" else "left"
    return "the same" if answer.is_same else "otherwise"


def _said(text: str, other: str | None, tag: str) -> str:
    """Return an answer whose words that the other lacks are marked."""
    pieces = [(text, False)] if other is None else list(words_apart(text, other))
    marked = "".join(
        f"<{tag}>{escape(piece)}</{tag}>" if is_new else escape(piece)
        for piece, is_new in pieces
    )
    return f'<p class="said" dir="auto">{marked}</p>\n'


def _beside(answer: ReplayAnswer) -> Iterator[str]:
    lines = [
        *(("Tool", describe_call(call), "") for call in told(answer, "calls")),
        *(
            ("Not as it was", describe_divergence(each), "warn")
            for each in told(answer, "divergences")
        ),
        *(("Note", str(note), "warn") for note in told(answer, "notes")),
    ]
    if sources := answer.told.get("sources"):
        lines.append(("Sources", str(sources), ""))
    if lines:
        yield "<ul>\n"
        for label, text, kind in lines:
            said = f'<span dir="auto">{escape(text)}</span>'
            yield f'<li class="{kind}">{label}: {said}</li>\n'
        yield "</ul>\n"


def _figures(answer: ReplayAnswer, currency: str | None) -> str:
    told_of = [f"answer {answer.reference_id}"]
    told_of += [answer.model] if answer.model else []
    told_of += [f"{answer.tokens:,} tokens"] if answer.tokens else []
    told_of += [f"{answer.seconds} s"] if answer.seconds is not None else []
    if answer.cost_micros is not None and currency:
        told_of.append(f"{amount_of(answer.cost_micros)} {currency}")
    return ", ".join(told_of)
