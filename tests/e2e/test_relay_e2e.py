"""An operator's phone is told who waits, and a quoted reply goes there, once."""

from tests.db import sql
from tests.house import House, Phone

BECOME = "UPDATE users SET role = %(role)s WHERE phone_number = %(address)s"
QUEUE = """
SELECT change_owner(user_id, 'queue', NULL, 'asked', NULL) FROM users
WHERE phone_number = %(address)s
"""


def run(house: House, statement: str, phone: Phone, **known: str) -> None:
    with sql.opened(house.database_url or "") as database:
        sql.change(database, statement, address=phone.address, **known)


def test_two_phones_talk_through_the_bot_and_a_dead_worker_doubles_nothing(
    database_house: House,
) -> None:
    house = database_house
    house.llm.reset()
    ana, olga = house.phone(), house.phone()
    olga.says("Hello", profile_name="Olga")
    ana.says("Where is my order?")
    olga.hears()
    ana.hears()
    run(house, BECOME, olga, role="supporter")
    run(house, QUEUE, ana)
    [alert] = olga.hears()
    assert "> Where is my order?" in alert

    quoted = olga.messages()[-1]["sid"]
    olga.says("On its way.", reply_to=quoted, profile_name="Olga")
    house.kill("worker")
    house.start_worker()
    assert ana.hears() == ["On its way."]
    assert olga.hears()[0].startswith("Sent to Ana")

    ana.says("Thank you!")
    [relayed] = olga.hears()
    assert relayed.endswith("> Thank you!")
    olga.says("/done", reply_to=olga.messages()[-1]["sid"], profile_name="Olga")
    assert olga.hears()[0].startswith("Resolved: Ana")
    assert ana.hears_nothing_more()
    run(house, BECOME, olga, role="user")
    assert olga.hears_nothing_more()
