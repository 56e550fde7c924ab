"""What commands say of themselves, and /help says of all of them."""

HELP_BEGINS = "Write to me as you would to a person. Besides, I know these words:"
HELP_LINE = "{word}: {what}"
HELP_ENDS = "I am an automatic assistant."

NEW = "forget this conversation and start a new one"
STOP = "no more answers from me"
START = "answers again"
HELP = "this text"
HUMAN = "a person of our team answers you"
LEARN = "in the caption of a document: I answer everybody from it"
