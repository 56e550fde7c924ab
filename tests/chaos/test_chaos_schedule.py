from collections import Counter

from bot.chat.limits.brake import MOST_ALIKE
from tests.chaos.checker import TOKEN
from tests.chaos.moody_llm import CALM, Mood, MoodyLLM
from tests.chaos.scenarios import SCENARIOS
from tests.chaos.schedule import Kill, Size, dice_for, plan_kills, plan_messages

SIZE = Size(users=5, messages=60, seconds=30)
KILLS = (Kill("web", every=10), Kill("worker", every=40, away=(2, 4)))


def test_a_seed_repeats_the_whole_plan() -> None:
    assert plan_messages(7, SIZE, 3) == plan_messages(7, SIZE, 3)
    assert plan_kills(7, KILLS, 30) == plan_kills(7, KILLS, 30)


def test_another_seed_plans_otherwise() -> None:
    assert plan_messages(7, SIZE) != plan_messages(8, SIZE)
    assert plan_kills(7, KILLS, 30) != plan_kills(8, KILLS, 30)


def test_every_message_carries_a_token_of_its_own() -> None:
    plan = plan_messages(7, SIZE)
    found = [TOKEN.findall(message.text) for message in plan]
    assert found == [[message.token] for message in plan]
    assert len({message.token for message in plan}) == 60
    assert len({message.message_sid for message in plan}) == 60


def test_nobody_says_one_sentence_so_often_that_a_machine_could_be_meant() -> None:
    plan = plan_messages(32, Size(users=100, messages=1200, seconds=60))
    said = Counter((one.user, _without_digits(one.text)) for one in plan)
    assert max(said.values()) < MOST_ALIKE


def _without_digits(text: str) -> str:
    """Return what the bot compares (see bot/chat/limits/brake.py)."""
    return " ".join(word for word in text.split()[:6] if word.isalpha())


def test_messages_come_in_the_order_of_their_time() -> None:
    dues = [message.due for message in plan_messages(7, SIZE, 4)]
    assert dues == sorted(dues)


def test_a_burst_comes_from_one_user() -> None:
    plan = plan_messages(7, Size(users=50, messages=8, seconds=1), 8)
    assert len({message.user for message in plan}) == 1
    assert [message.token[5:9] for message in plan] == [f"m00{n}" for n in range(1, 9)]


def test_kills_are_spread_and_each_sort_comes_once_at_least() -> None:
    plan = plan_kills(7, KILLS, 30)
    assert [kill.name for kill in plan].count("web") == 3
    [worker] = [kill for kill in plan if kill.name == "worker"]
    assert 2 <= worker.away <= 4
    assert 0 < worker.due < 30


def test_scenarios_have_names_of_their_own() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(set(names)) == len(names)


def test_an_llm_fails_as_often_as_its_mood_says() -> None:
    dice = dice_for(7)
    mood = Mood(errors=0.2, hangs=0.1, drips=0.1)
    drawn = [mood.draw(dice) for _ in range(1000)]
    assert 150 < sum(script.status in {429, 500} for script in drawn) < 250
    assert 70 < sum(script.hang for script in drawn) < 130
    assert 70 < sum(script.drip > 0 for script in drawn) < 130


def test_a_calm_llm_never_fails() -> None:
    drawn = [CALM.draw(dice_for(seed)) for seed in range(100)]
    assert {(script.status, script.hang, script.drip) for script in drawn} == {
        (200, False, 0.0)
    }


def test_an_llm_that_is_reset_cheers_up() -> None:
    with MoodyLLM(seed=7, mood=Mood(errors=1)) as llm:
        assert llm.take_script().status != 200
        llm.reset()
        assert llm.take_script().status == 200
