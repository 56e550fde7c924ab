"""A Twilio that refuses everything, and quotes all that it was sent while doing so."""

from tests.listening import Request, Response


class QuotingTwilio:
    """The first message gets a 500, whose outcome nobody knows; all else a 401."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, request: Request) -> Response:
        status, code = 401, 20003
        if request.method == "POST" and "/Messages" in request.path:
            if "create" not in self.asked:
                status, code = 500, 20500
            self.asked.append("create")
        authorization = request.headers.get("Authorization")
        quoted = f"{authorization} {request.path} {request.body.decode()}"
        self.asked.append(quoted)
        told = {"status": status, "code": code, "message": quoted}
        return Response(status, told, reason=quoted.split(" ", maxsplit=1)[0])
