"""What an acknowledgement is compared with: it stores nothing and answers nobody."""

from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator

from tests.bench.webhooks import PUBLIC, TOKEN


def create_bare_app() -> Flask:
    """Return a view that parses the form and checks the signature with the SDK."""
    app = Flask("bare")
    validator = RequestValidator(TOKEN)

    @app.post("/webhooks/whatsapp")
    def receive() -> Response:
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(PUBLIC + request.path, request.form, signature):
            abort(403)
        return Response("<Response/>", mimetype="text/xml")

    return app
