"""What runs on the queue for documents: each version is taken in once."""

import logging
import time

from procrastinate import App, JobContext

from bot.knowledge.taking_in.intake import Intake
from bot.observability import DOCUMENTS
from bot.worker.jobs import BackOff
from db.queue.jobs import KNOWLEDGE, TAKE_IN_DOCUMENT

log = logging.getLogger(__name__)

# What ends the worker, over and over, is not tried for ever.
MOST_TRIES = 20


def register_intake(queue: App, intake: Intake) -> None:
    """Register the task that `db.knowledge.documents` defers by name."""

    @queue.task(
        name=TAKE_IN_DOCUMENT, queue=KNOWLEDGE, retry=BackOff(30), pass_context=True
    )
    def take_in_document(context: JobContext, document_id: int) -> None:
        began, tries = time.monotonic(), context.job.attempts
        if tries >= MOST_TRIES:
            outcome = intake.give_up(document_id, tries)
        else:
            outcome = intake.take_in(document_id)
        DOCUMENTS.labels(outcome).inc()
        seconds = round(time.monotonic() - began, 3)
        told = {"document_id": document_id, "outcome": outcome, "seconds": seconds}
        log.info("looked after a document", extra=told)
