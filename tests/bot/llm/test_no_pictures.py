"""Which refusals say that a server, or its model, takes no pictures at all."""

import pytest

from bot.llm.refusals import Refusal

# As they come from OpenAI, Azure, OpenRouter, llama.cpp, vLLM, DeepSeek, Groq, Mistral
# and Ollama.
ALL = [
    (400, "Invalid content type. image_url is only supported by certain models."),
    (404, "No endpoints found that support image input"),
    (500, "image input is not supported - hint: you may need to provide the mmproj"),
    (400, "llama3 is not a multimodal model"),
    (400, "At most 0 image(s) may be provided in one request."),
    (400, "Failed to deserialize: unknown variant `image_url`, expected `text`"),
    (400, "'role:user' must be [('messages.1.content' : value must be a string)]"),
    (400, "Image input is not enabled for this model"),
    (400, "this model does not support images"),
]
ONE = [
    (400, "Could not parse the image."),
    (400, "You uploaded an unsupported image. Please make sure your image is valid."),
    (400, "image exceeds 5 MB maximum"),
    (400, "Unsupported parameter: 'max_tokens' is not supported with this model."),
    (400, "This model's maximum context length is 8192 tokens."),
    (500, "Internal server error"),
    (400, "Invalid 'messages[0].content': string too long."),
]


@pytest.mark.parametrize(("status", "said"), ALL)
def test_a_server_without_eyes_is_known_by_its_words(status: int, said: str) -> None:
    error = Refusal(status, {"message": said}).explained()
    assert error.no_pictures
    assert error.permanent
    assert "OPENAI_VISION" in str(error)


@pytest.mark.parametrize(("status", "said"), ONE)
def test_what_is_wrong_with_one_picture_or_another_thing_is_told_apart(
    status: int, said: str
) -> None:
    assert not Refusal(status, {"message": said}).explained().no_pictures
