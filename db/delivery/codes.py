"""What Twilio's error codes mean for a part, whenever they are told.

https://www.twilio.com/docs/api/errors
"""

from db.records import OUTSIDE_WINDOW

OPTED_OUT_AT_TWILIO = 21610
# The account, or its number, may send to nobody for a while.
MAY_NOT_SEND = frozenset({63017, 63018})
# Too much at once; the others are over within seconds.
TOO_MUCH = MAY_NOT_SEND | {20429, 21611}
# WhatsApp's or Twilio's own trouble.
THEIR_TROUBLE = frozenset({63010, 63012, 63023})
# About what came beside the text, or instead of it: not loaded, too large, of no kind
# that WhatsApp takes, or against its rules.
ABOUT_MEDIA = frozenset(
    {
        *(11200, 11751, 12300, 21620, 21622, 21623, 30019),
        *(63005, 63006, 63013, 63019, 63021),
    }
)
# Until the operator mends the account, its channel or its number.
OPERATORS = frozenset({63001, 63002, 63007, 63020, 63051})
# A message that was taken and failed later for one of these is sent again. Not for a
# code that we don't know: nothing says that the user didn't read it.
MAY_GO_THROUGH_LATER = TOO_MUCH | THEIR_TROUBLE | OPERATORS
# Of the service window, and of a template: who runs the bot can end them.
OF_TEMPLATES = {
    20404: "the account has no such template",
    21654: "the account has no such template",
    21655: "the account has no such template",
    21656: "its variables are others",
    OUTSIDE_WINDOW: "it is not approved",
    63017: "the account may not send more now",
    63018: "the number may not send more now",
    63027: "it is not there in that language",
    63028: "its variables are others",
    63040: "WhatsApp rejected it",
    63041: "WhatsApp paused it",
    63042: "WhatsApp disabled it",
    63049: "WhatsApp chose not to deliver it",
}
# Final for the template, where its text may yet go: not what is held, or tried later.
ABOUT_TEMPLATES = frozenset(OF_TEMPLATES) - TOO_MUCH - {OUTSIDE_WINDOW}
