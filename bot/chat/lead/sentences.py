"""What is said to users of their name, e-mail and company, and to the LLM."""

from bot.languages.speaking import spoken

ME = spoken("your name, e-mail and company, as I know them")
YOU = spoken("As I know you:")
LINE = "{name}: {value}"
NAMES = {
    "name": spoken("Name"),
    "email": spoken("E-mail"),
    "company": spoken("Company"),
    "language": spoken("Language"),
}
NOT_KNOWN = spoken("not known")
HOW_TO_SET = spoken(
    "To change one, write for example: /me name Ana Ruiz, /me email ana@example.com, "
    "/me company Ruiz Ltd"
)
NOTED = spoken("Thank you, I have noted it. {name}: {value}")
NOT_VALID = spoken(
    "I can't take that as it stands. Please write it like this: {example}"
)
EXAMPLES = {
    "name": "/me name Ana Ruiz",
    "email": "/me email ana@example.com",
    "company": "/me company Ruiz Ltd",
}
LANGUAGE = spoken(
    "The language is set by /language and its code, such as /language es."
)
LOG_IN = spoken("You log in by your e-mail address: it is not changed here.")
THANKS = spoken("Thank you, I have noted that.")

# To the LLM.
LEAD = (
    "When this user tells you their own name, e-mail address or company, add [lead "
    'name="..." email="..." company="..."] to your answer, with what they told alone, '
    "copied exactly. The user does not see it."
)
