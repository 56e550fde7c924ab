"""Files of the business: told to the LLM where there are any, sent where it says."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.answering import Answering
from bot.chat.offers import sentences
from bot.media.outgoing.folder import MediaFolder
from bot.media.outgoing.offers import MOST_OFFERED, OfferedFiles
from db.records import PartContent, Reply
from tests.bot.chat.conversation import Conversation
from tests.bot.media.outgoing import files

Ana = Callable[..., Conversation]


def offer(folder: Path, name: str, told: str = "It is a file.") -> None:
    (folder / name).write_bytes(files.PDF)
    (folder / f"{name}.txt").write_text(told)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    offer(tmp_path, "menu.pdf", "Our menu.\nSend it to who asks [what] we have.\n")
    offer(tmp_path, "The way.pdf", "A map, for who asks the way.")
    (tmp_path / "secret.pdf").write_bytes(files.PDF)
    return tmp_path


def with_pictures(reply: Reply) -> Reply:
    text = (PartContent(reply.turn.content),) if reply.turn.content else ()
    return replace(reply, parts=(*text, *reply.pictures))


@pytest.fixture
def ana_of(folder: Path) -> Ana:
    def meet(*thoughts: str) -> Conversation:
        ana = Conversation(*thoughts)
        answering = ana.talk.answering
        assert isinstance(answering, Answering)
        offered = replace(answering, offers=OfferedFiles(MediaFolder(folder)))
        channel = replace(ana.talk.channel, with_parts=with_pictures)
        ana.talk = replace(ana.talk, answering=offered, channel=channel)
        return ana

    return meet


def asks(ana: Conversation, text: str = "What do you have?") -> list[str]:
    ana.says(text)
    return ana.hears()


def test_a_file_that_an_answer_names_is_sent_with_it_and_known_later(
    ana_of: Ana, folder: Path
) -> None:
    ana = ana_of("Have a look: **[file menu.pdf]**", "Bread, mostly.")
    assert asks(ana) == ["Have a look:", ""]
    assert ana.last.files == ("menu.pdf",)
    system = str(ana.thoughts.prompts[0][0].content)
    assert "- menu.pdf: Our menu. Send it to who asks (what) we have." in system
    assert "- The way.pdf: A map, for who asks the way." in system
    assert "secret" not in system
    (folder / "menu.pdf.txt").unlink()
    (folder / "The way.pdf.txt").unlink()
    assert asks(ana, "And what is in it?") == ["Bread, mostly."]
    system, *talk = (str(one.content) for one in ana.thoughts.prompts[1])
    assert "menu.pdf" not in system, "what is offered is looked up each time"
    assert talk[1] == "Have a look:\n[file menu.pdf]", "as the model wrote it"


@pytest.mark.parametrize(
    ("answer", "said", "sent"),
    [
        ("[file: the way]", [sentences.HERE, ""], ("The way.pdf",)),
        ('Here [File "MENU.PDF"](menu.pdf)', ["Here", ""], ("menu.pdf",)),
        ("A [file menu.pdf] and [file The way.pdf] and [file menu.pdf].",
         ["A and and.", "", ""], ("menu.pdf", "The way.pdf")),
        ("Well. [file secret.pdf]", ["Well."], ()),
        ("Well. [file ../menu.pdf]", ["Well."], ()),
        ("Well. [file menu.pdf", ["Well.", ""], ("menu.pdf",)),
        ("[File a claim](https://x.example)", ["[File a claim](https://x.example)"],
         ()),
        ("A file of ours.", ["A file of ours."], ()),
    ],
    ids=["alone", "link", "twice", "unknown", "path", "cut", "address", "word"],
)  # fmt: skip
def test_what_the_llm_writes_is_read(
    ana_of: Ana, answer: str, said: list[str], sent: tuple[str, ...]
) -> None:
    ana = ana_of(answer)
    assert asks(ana) == said
    assert ana.last.files == sent


def test_where_nothing_is_offered_nothing_is_told_and_nothing_read() -> None:
    ana = Conversation("See [file menu.pdf]")
    assert asks(ana) == ["See [file menu.pdf]"]
    assert "[file" not in str(ana.thoughts.prompts[0][0].content)


def test_a_file_that_fails_is_followed_by_a_sentence(ana_of: Ana) -> None:
    ana = ana_of("Here: [file menu.pdf]")
    stored: list[Reply] = []

    def noting(reply: Reply) -> Reply:
        stored.append(reply)
        return with_pictures(reply)

    channel = replace(ana.talk.channel, with_parts=noting)
    ana.talk = replace(ana.talk, channel=channel)
    asks(ana)
    (part,) = stored[0].pictures
    assert part.media == ("file:menu.pdf",)
    assert part.instead == sentences.NOT_SENT.format(name="menu.pdf")


def test_what_can_not_be_offered_is_told(folder: Path) -> None:
    shelf = OfferedFiles(MediaFolder(folder))
    offer(folder, "blank.pdf", " \n")
    offer(folder, "long.pdf", "word " * 50)
    offer(folder, "#1.pdf")
    (folder / "page.pdf").write_bytes(files.HTML)
    (folder / "page.pdf.txt").write_text("A page")
    (folder / "none.pdf.txt").write_text("Nothing")
    (folder / "notes.txt").write_text("Nothing")
    (folder / "link.pdf").symlink_to(folder / "secret.pdf")
    (folder / "link.pdf.txt").write_text("A link")
    told = {offer.name: problem for offer, problem in shelf.look() if problem}
    assert told == {
        "_1.pdf": "it has another name: take plain letters",
        "blank.pdf": "its .txt file says nothing: write what it is, and when to send "
        "it",
        "link.pdf": "it is no file that can be read",
        "long.pdf": "its .txt file says more than 200 characters: shorten it",
        "none.pdf": "there is no such file",
        "notes": "there is no such file",
        "page.pdf": told["page.pdf"],
    }
    assert str(told["page.pdf"]).startswith("WhatsApp takes no such file")
    assert [one.name for one in shelf.find()] == ["The way.pdf", "menu.pdf"]
    (folder / "menu.pdf").write_bytes(files.HTML + b" ")
    assert [one.name for one in shelf.find()] == ["The way.pdf"], "it is looked at anew"


def aged(*paths: Path) -> None:
    """Have files, and folders, last changed a minute ago."""
    for path in paths:
        os.utime(path, (time.time() - 60, time.time() - 60))


def test_what_did_not_change_is_not_read_again(folder: Path) -> None:
    shelf = OfferedFiles(MediaFolder(folder))
    told = folder / "menu.pdf.txt"
    aged(*folder.iterdir(), folder)
    before = shelf.find()
    stamps = told.stat()
    size = len(told.read_bytes())
    told.write_text("x" * size)  # of the same size and time: nobody can see it
    os.utime(told, ns=(stamps.st_atime_ns, stamps.st_mtime_ns))
    assert shelf.find() == before
    told.write_text("y" * size)
    assert "y" in shelf.find()[1].told, "a new time is seen"


def test_what_changed_just_now_is_read_again(folder: Path) -> None:
    shelf = OfferedFiles(MediaFolder(folder))
    told = folder / "menu.pdf.txt"
    shelf.find()
    stamps = told.stat()
    told.write_text("x" * stamps.st_size)
    os.utime(told, ns=(stamps.st_atime_ns, stamps.st_mtime_ns))
    assert "x" in shelf.find()[1].told, "clocks of files tick slowly"


def test_a_new_file_counts_at_once(folder: Path) -> None:
    shelf = OfferedFiles(MediaFolder(folder))
    aged(*folder.iterdir(), folder)
    shelf.find()
    offer(folder, "new.pdf")
    assert "new.pdf" in {one.name for one in shelf.find()}
    (folder / "new.pdf.txt").unlink()
    assert "new.pdf" not in {one.name for one in shelf.find()}


def test_no_more_than_a_prompt_has_room_for_are_offered(tmp_path: Path) -> None:
    shelf = OfferedFiles(MediaFolder(tmp_path))
    assert shelf.find() == ()
    for number in range(100):
        offer(tmp_path, f"{number:03}.pdf")
    assert [one.name for one in shelf.find()] == [f"{n:03}.pdf" for n in range(12)]
    assert MOST_OFFERED == 12
    assert "12 others come before it" in str(shelf.look()[12][1])
    [left_out] = shelf.left_out
    assert "behind 049.pdf are not looked at" in left_out
    assert OfferedFiles(MediaFolder(tmp_path / "gone")).find() == ()
