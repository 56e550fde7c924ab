import re

import pytest
import requests

from tests.house import PATIENCE
from tests.listening import Request, Response, answering


def echo(request: Request) -> Response:
    return Response(200, [request.method, request.path, request.body.decode()])


def fail_after_asking(seen: list[str]) -> None:
    with answering(echo) as url:
        seen.append(url)
        told = requests.post(f"{url}/a?b=c", data="Hello", timeout=PATIENCE).json()
        assert told == ["POST", "/a?b=c", "Hello"]
        raise ZeroDivisionError


def test_a_server_ends_with_its_block_though_that_fails() -> None:
    seen: list[str] = []
    with pytest.raises(ZeroDivisionError):
        fail_after_asking(seen)
    with pytest.raises(requests.ConnectionError):
        requests.get(seen[0], timeout=PATIENCE)


def leave_or_err(request: Request) -> Response:
    raise BrokenPipeError if request.path == "/left" else ZeroDivisionError


@pytest.mark.parametrize(
    ("path", "told"), [("/left", []), ("/wrong", ["ZeroDivision"])]
)
def test_a_client_that_leaves_is_no_fault_and_a_wrong_answer_is(
    capsys: pytest.CaptureFixture[str], path: str, told: list[str]
) -> None:
    with answering(leave_or_err) as url, pytest.raises(requests.ConnectionError):
        requests.get(url + path, timeout=PATIENCE)
    assert re.findall(r"^(\w+)Error", capsys.readouterr().err, re.MULTILINE) == told
