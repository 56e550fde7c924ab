"""What is said with a file of the business, and to the LLM about such files."""

from bot.languages.speaking import spoken

HERE = spoken("Here you are.")
NOT_SENT = spoken("Sorry, I could not send you the file {name}.")

# To the LLM.
OFFERED = (
    "You can send this user files of the business. Add [file and its name] to your "
    "answer, such as [file {example}], if the user asks for a file or needs what it "
    "is for: two at most, and one that you sent before only if the user asks for it "
    "again. The user sees the file, not the brackets. Never say that you send a file "
    "without them, nor tell what stands in one unless you were given it. There are:\n"
    "{files}"
)
LINE = "- {name}: {told}"
SENT = "[file {name}]"
