"""What is said of feedback."""

from bot.languages.speaking import spoken

FEEDBACK = spoken("what you think of my answers, for our team")
THANKS = spoken("Thank you! Our team reads it.")
EMPTY = spoken("Please write it behind the word: /feedback and what you think.")

# For whoever reads the transcript.
NOTED = "Not answered: it judges an answer, and is kept with it."
NOT_KEPT = "Not answered: it is about what a command said, which nobody judges."
