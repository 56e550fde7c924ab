"""The names and locks of jobs, and how they are deferred.

`answer_chat` is deferred in SQL, inside the statement that stores a message: both are
stored, or neither is (db.chats). The function's form is procrastinate's own; a test
holds it. It makes the answer and sends it. What can't be sent at once it leaves to
`send_parts` (db.outbox) before it ends.

One user's answers are made one at a time, and apart from them what is sent later: a
part that waits for its next try holds back the user's later parts, not new answers.

`alert_operators` is deferred in SQL, by call_operators() (db/sql/0026_handoff.sql): one
waits at most for each person who waits for one of ours.

`announce` is deferred with the first alert of each event (db.support.telling.alerts):
it tells operators by e-mail, or by a webhook, apart from what goes over WhatsApp.

`tell_trouble` is deferred with the failure of what tells users that something is held,
once for each template and error (db.delivery.statements).

`tell_budget` is deferred in SQL, by tell_of_budgets(), with the note in the budget that
it is told.

`take_in_document` is deferred in SQL as well, with the version of the document that it
reads (db.knowledge.documents): one document's versions are taken in one at a time.

`remember` is deferred in SQL by a look once a minute (db.memory.due), and has places of
its own: no answer waits for a summary. Its lock names the user: erasing finds it.

`carry_out_call` is deferred in SQL with what an operator decided about a call of a tool
(db.support.allowing). Its lock is that of the user's answers: none is made beside it.

`send_broadcasts` is deferred with a broadcast (db.broadcasts.starting), and looks once
a minute besides: it gives people their turns, and each message has a `send_parts` of
its own, which lets all other jobs go first (db.delivery.statements).

`erase_person` is deferred with the row of the audit that says who asked for it
(db.logins.erasing), or with the last word to whoever asked for it themselves
(db.delivery.remembering): that is sent first. Erasing takes the job away, too, since it
names the person.

For all SQL that names open jobs: there are next to none, so PostgreSQL takes the
indexes of those that wait, or run, for a page, and reads one as a whole where a
condition names just its status; with it all that died since a backup began. So a job is
found by its id, or by its lock among those of both statuses (idx_jobs_open_lock), and
which of them it has is asked as text, which no index has.
"""

ANSWER_CHAT = "answer_chat"
SEND_PARTS = "send_parts"
RECONCILE = "reconcile"
NOTICE_ELSEWHERE = "notice_elsewhere"
ALERT_OPERATORS = "alert_operators"
END_TAKEOVERS = "end_takeovers"
ANNOUNCE = "announce"
TELL_TROUBLE = "tell_trouble"
TELL_BUDGET = "tell_budget"
TAKE_IN_DOCUMENT = "take_in_document"
EMBED_CHUNKS = "embed_chunks"
ERASE_PERSON = "erase_person"
SWEEP_FILES = "sweep_files"
CARRY_OUT_CALL = "carry_out_call"
SWEEP_CALLS = "sweep_calls"
SAY_SCHEDULED = "say_scheduled"
REMEMBER = "remember"
FIND_DUE_MEMORY = "find_due_memory"
SETTLE_SPENDINGS = "settle_spendings"
PRICE_MESSAGES = "price_messages"
ASK_PRICES = "ask_prices"
SEND_BROADCASTS = "send_broadcasts"
ANSWER_LOCK = "answer:"
ERASE_LOCK = "erase:"
MEMORY_LOCK = "memory:"
ANSWERS = "answers"
DELIVERIES = "deliveries"
UPKEEP = "upkeep"
ALERTS = "alerts"
KNOWLEDGE = "knowledge"
MEMORY = "memory"
BROADCASTS = "broadcasts"
# Where a worker takes jobs beside those of KNOWLEDGE, MEMORY and BROADCASTS, which have
# places of their own.
OTHER_QUEUES = (ANSWERS, DELIVERIES, UPKEEP, ALERTS)

REACHABLE = "SELECT 1 FROM procrastinate_jobs LIMIT 1"
