"""What operators are told of what the bot hears and sees."""

from bot.llm.account import LLMServer, TranscriptionServer
from bot.media.senses import telling
from bot.media.senses.extras import can_listen_here, can_read_here


def test_a_server_and_a_model_that_sees_win_over_this_machine() -> None:
    server = TranscriptionServer(api_key="k", base_url="http://x/v1", model="big-ear")
    assert telling.tell_hearing(server) == "heard by big-ear"
    assert telling.tell_sight(LLMServer(api_key="k", model="m", sees=True)) == (
        telling.SEES
    )


def test_without_them_it_depends_on_the_extras() -> None:
    hears = telling.HEARS_HERE if can_listen_here() else telling.HEARS_NOTHING
    reads = telling.READS if can_read_here() else telling.SEES_NOTHING
    assert telling.tell_hearing(None) == hears
    blind = LLMServer(api_key="k", model="m")
    assert telling.tell_sight(None) == telling.tell_sight(blind) == reads
