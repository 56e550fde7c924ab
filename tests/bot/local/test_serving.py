"""What the servers of `make run` are started with."""

from bot.local.serving import environment_of


def test_a_server_knows_its_own_key_and_no_secret_of_the_bots() -> None:
    given = {
        "PATH": "/usr/bin",
        "LC_ALL": "C.UTF-8",
        "OPENAI_API_KEY": "sk-real",
        "TWILIO_AUTH_TOKEN": "token",
        "DATABASE_URL": "postgresql://bot:secret@db/bot",
        "ERASURE_KEY": "key",
    }
    known = environment_of(given, EMBEDDING_API_KEY="its own")
    assert known == {
        "PATH": "/usr/bin",
        "LC_ALL": "C.UTF-8",
        "EMBEDDING_API_KEY": "its own",
    }
