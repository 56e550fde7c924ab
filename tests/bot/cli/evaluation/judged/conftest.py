"""The demo bakery, known whole, and a model that obeys."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.knowledge.taking_in.intake import Intake
from bot.knowledge.taking_in.versions import read_version
from bot.local.demo_business import take_in
from db.database import Database
from db.knowledge.documents import Documents
from tests.bot.cli.evaluation.judged.obedient import Obedient


@dataclass(frozen=True, slots=True)
class Bakery:
    """A bot that knows the bakery, as its operator meets it on a terminal."""

    url: str
    llm: Obedient
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.url,
            "OPENAI_BASE_URL": self.llm.base_url,
            "OPENAI_MODEL": "obedient",
            "DATA_FOLDER": str(self.folder),
        }

    def bot(self, *arguments: str, answers: str = "", **more: str) -> Result:
        """Run a command of the bot's."""
        env = {**self.environment, **more}
        return CliRunner().invoke(main, arguments, input=answers, env=env)


@pytest.fixture
def bakery(database: Database, database_url: str, tmp_path: Path) -> Iterator[Bakery]:
    take_in(database, tmp_path)
    intake = Intake(Documents(database), read_version)
    for document_id in database.column("SELECT document_id FROM document_uploads"):
        assert intake.take_in(document_id) == "taken_in"
    with Obedient() as llm:
        yield Bakery(database_url, llm, tmp_path)
