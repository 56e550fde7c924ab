"""The shelf of lessons: everybody's documents in the database."""

from bot.knowledge.taking_in.lessons import FetchedFile, Learned, NotLearnedError
from db.database import Database
from db.errors import OperatorError, StoreUnavailableError
from db.knowledge.documents import Documents
from db.knowledge.listing import find_documents
from db.outages import outages
from db.records import NewDocument

GONE = "it was removed at the same moment"


class DocumentShelf:
    """Puts lessons where the operator's own documents lie."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._documents = Documents(database)

    def put(self, file: FetchedFile, place: str, title: str | None) -> int:
        """Have a version taken in, and return its document's id.

        Raises NotLearnedError, and StoreUnavailableError.
        """
        new = NewDocument(
            content=file.content,
            file_path=place,
            title=title,
            content_type=file.content_type,
        )
        try:
            return self._documents.add(new).document_id
        except StoreUnavailableError:
            raise
        except OperatorError as error:
            raise NotLearnedError(str(error)) from error

    def look(self, document_id: int) -> Learned:
        """Return how far it is. Raises NotLearnedError, and StoreUnavailableError."""
        try:
            with outages():
                [row] = find_documents(self._database, [document_id])
        except StoreUnavailableError:
            raise
        except OperatorError as error:
            raise NotLearnedError(GONE) from error
        is_read = row.is_processed and row.error is None
        return Learned(title=row.title, is_read=is_read, error=row.error)
