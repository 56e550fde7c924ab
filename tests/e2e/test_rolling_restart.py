"""New code, old code, one listening socket: nobody outside notices."""

import threading
from concurrent.futures import ThreadPoolExecutor

from tests.house import House, NewHouse, eventually

MESSAGES = 60


def test_no_webhook_fails_while_the_web_processes_are_replaced(
    new_house: NewHouse,
) -> None:
    with new_house() as house:
        before = house.children("web")
        with ThreadPoolExecutor(6) as senders:
            sent = [senders.submit(send_one, house) for _ in range(MESSAGES)]
            for _ in range(2):
                threading.Event().wait(1)
                house.reload("web")
            statuses = [status.result() for status in sent]
        assert statuses == [200] * MESSAGES
        eventually(lambda: not set(before) & set(house.children("web")))


def send_one(house: House) -> int | None:
    threading.Event().wait(0.05)
    status: int | None = house.phone().says("/help")["webhook_status"]
    return status
