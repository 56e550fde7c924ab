"""What is said about the language of a talk."""

from bot.languages.speaking import spoken

DISCLOSURE = spoken("You are talking with an automatic assistant.")
SET = spoken("From now on I answer you in this language: {language}.")
AS_YOU_WRITE = spoken("From now on I answer you in the language that you write.")
CHOICES = spoken("In which language shall I answer? Write {example}, or one of these:")
AUTOMATIC = spoken("as you write")
HELP = spoken("the language of my answers")
# To the LLM, where the user chose a language.
ANSWER_IN = "Answer in {language}: the user chose it."
