"""What Twilio answers when it refuses.

Source: https://www.twilio.com/docs/api/errors
"""

from typing import Any

MESSAGES = {
    20001: "Invalid parameter",
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    21211: "Invalid 'To' phone number",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21606: "The 'From' phone number is not a valid, message-capable Twilio number",
    21609: "The 'StatusCallback' URL is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21619: "A text message body or media urls must be specified.",
    21623: "Number of media files exceeds allowed limit",
    63007: "Twilio could not find a Channel with the specified From address",
}
HTTP_STATUSES = {20003: 401, 20404: 404, 20429: 429, 20500: 500}


class TwilioError(Exception):
    """A refusal: Twilio's five-digit code, which decides the HTTP status as well."""

    def __init__(self, code: int, detail: str = "") -> None:
        text = MESSAGES.get(code, "The request was rejected")
        self.code = code
        self.status = HTTP_STATUSES.get(code, 400)
        self.text = f"{text}: {detail}" if detail else text
        super().__init__(self.text)

    def as_json(self) -> dict[str, Any]:
        """Build the body of the answer."""
        return {
            "code": self.code,
            "message": self.text,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
