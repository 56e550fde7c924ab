"""Twilio's Content API, as far as a bot reads it, and the order of what it shows.

https://www.twilio.com/docs/content/content-api-resources
"""

from typing import Any, cast

from flask import Blueprint, Response, current_app, jsonify, request

from bot.simulator.content.shelf import (
    Shelf,
    Template,
    TemplateError,
    parse_templates,
)
from bot.simulator.faults import TwilioError, with_faults
from bot.simulator.rest import require_credentials
from bot.simulator.switchboard import switchboard

content = Blueprint("content", __name__)
orders = Blueprint("templates", __name__, url_prefix="/simulator")
MADE_AT = "2026-01-01T00:00:00Z"
PAGE_SIZE = 50
content.before_request(require_credentials)


@content.get("/v1/Content")
@with_faults("content")
def list_templates() -> Response:
    """List the templates."""
    return _page("Content", [_shape(each) for each in _shelf().all()])


@content.get("/v1/ContentAndApprovals")
@with_faults("content")
def list_with_approvals() -> Response:
    """List them, each with what WhatsApp thinks of it."""
    shown = [
        {**_shape(each), "approval_requests": _approval(each)}
        for each in _shelf().all()
    ]
    return _page("ContentAndApprovals", shown)


@content.get("/v1/Content/<sid>")
@with_faults("content")
def fetch_template(sid: str) -> Response:
    """Show one."""
    return jsonify(_shape(_find(sid)))


@content.get("/v1/Content/<sid>/ApprovalRequests")
@with_faults("content")
def fetch_approval(sid: str) -> Response:
    """Show what WhatsApp thinks of one."""
    found = _find(sid)
    return jsonify(
        sid=sid,
        account_sid=switchboard().config.account_sid,
        whatsapp=_approval(found),
        url=f"{_origin()}/v1/Content/{sid}/ApprovalRequests",
    )


@orders.put("/templates")
def put_templates() -> Response | tuple[Response, int]:
    """Have the account own these templates, and those for choices."""
    try:
        _shelf().put(parse_templates(request.get_json(silent=True)))
    except TemplateError as error:
        return jsonify({"error": str(error)}), 400
    return jsonify([each.sid for each in _shelf().all()])


def _shelf() -> Shelf:
    return cast(Shelf, current_app.extensions["shelf"])


def _find(sid: str) -> Template:
    found = _shelf().find(sid)
    if found is None:
        raise TwilioError(20404, request.path)
    return found


def _origin() -> str:
    return request.url_root.rstrip("/")


def _shape(template: Template) -> dict[str, Any]:
    address = f"{_origin()}/v1/Content/{template.sid}"
    return {
        "sid": template.sid,
        "account_sid": switchboard().config.account_sid,
        "friendly_name": template.friendly_name,
        "language": template.language,
        "variables": template.variables,
        "types": template.types,
        "date_created": MADE_AT,
        "date_updated": MADE_AT,
        "url": address,
        "links": {
            "approval_create": f"{address}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{address}/ApprovalRequests",
        },
    }


def _approval(template: Template) -> dict[str, Any]:
    return {
        "type": "whatsapp",
        "name": template.friendly_name,
        "category": template.category,
        "content_type": next(iter(template.types)),
        "status": template.status,
        "rejection_reason": template.rejection_reason,
        "allow_category_change": True,
    }


def _page(path: str, shown: list[dict[str, Any]]) -> Response:
    size = min(request.args.get("PageSize", PAGE_SIZE, type=int), 500)
    page = max(request.args.get("Page", 0, type=int), 0)
    start, size = page * max(size, 1), max(size, 1)
    more = len(shown) > start + size

    def at(number: int) -> str:
        return f"{_origin()}/v1/{path}?PageSize={size}&Page={number}"

    meta = {
        "page": page,
        "page_size": size,
        "first_page_url": at(0),
        "previous_page_url": at(page - 1) if page else None,
        "next_page_url": at(page + 1) if more else None,
        "url": at(page),
        "key": "contents",
    }
    return jsonify(contents=shown[start : start + size], meta=meta)
