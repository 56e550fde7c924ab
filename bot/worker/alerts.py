"""What runs on the queue for operators: they are told who waits for them."""

from uuid import UUID

from procrastinate import App, JobContext

from bot.observability import bound
from bot.relay.alerts import Alerts
from bot.relay.announcing import Announcing
from bot.relay.troubles import Troubles
from bot.worker.jobs import BackOff
from db.queue.jobs import (
    ALERT_OPERATORS,
    ALERTS,
    ANNOUNCE,
    TELL_BUDGET,
    TELL_TROUBLE,
)
from db.records.money import Scope

# Over some minutes: who waits for a person does not wait for hours.
MOST_TRIES = 10


def register_alerts(
    queue: App, alerts: Alerts, announcing: Announcing, troubles: Troubles
) -> None:
    """Register the tasks that SQL defers by name.

    call_operators(), db.support.telling.alerts, db.outbox and tell_of_budgets() do.
    """

    @queue.task(name=ALERT_OPERATORS, queue=ALERTS, retry=BackOff(30))
    def alert_operators(user_id: str) -> None:
        with bound(user_id=user_id):
            alerts.tell(UUID(user_id))

    @queue.task(
        name=ANNOUNCE, queue=ALERTS, retry=BackOff(120, MOST_TRIES), pass_context=True
    )
    def announce(context: JobContext, user_id: str, channel: str) -> None:
        is_last = context.job.attempts + 1 >= MOST_TRIES
        with bound(user_id=user_id):
            announcing.announce(UUID(user_id), channel, is_last=is_last)

    _register_troubles(queue, troubles)


def _register_troubles(queue: App, troubles: Troubles) -> None:
    @queue.task(
        name=TELL_TROUBLE,
        queue=ALERTS,
        retry=BackOff(120, MOST_TRIES),
        pass_context=True,
    )
    def tell_trouble(context: JobContext, content_sid: str | None, code: int) -> None:
        is_last = context.job.attempts + 1 >= MOST_TRIES
        troubles.tell(content_sid, code, is_last=is_last)

    @queue.task(
        name=TELL_BUDGET,
        queue=ALERTS,
        retry=BackOff(120, MOST_TRIES),
        pass_context=True,
    )
    def tell_budget(
        context: JobContext, scope: Scope, starts_on: str, limit_micros: int
    ) -> None:
        is_last = context.job.attempts + 1 >= MOST_TRIES
        troubles.tell_budget(scope, starts_on, limit_micros, is_last=is_last)
