"""Superscripts and subscripts in plain text: by their own characters, or by signs."""

_RAISED = dict(zip("0123456789+-=()niT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀ", strict=True))
# A minus, a degree and primes, which stand high already.
_RAISED |= {"\u2212": "⁻"} | {char: char for char in "°*\u2032\u2033"}
_LOWERED = dict(
    zip("0123456789+-=()aeoxhklmnpstij", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼ", strict=True)
)
_LOWERED["\u2212"] = "₋"


def raised(text: str) -> str:
    """Write `text` as a superscript, as in x², or x^(a/b) where Unicode has none."""
    return _script(text, _RAISED, "^")


def lowered(text: str) -> str:
    """Write `text` as a subscript, as in H₂O, or x_max where Unicode has none."""
    return _script(text, _LOWERED, "_")


def _script(text: str, characters: dict[str, str], sign: str) -> str:
    tight = text.replace(" ", "")
    if all(char in characters for char in tight):
        return "".join(characters[char] for char in tight)
    return sign + atom(text.strip())


def atom(text: str) -> str:
    """Put `text` in parentheses unless it is one number, name or bracket."""
    whole = text.startswith("(") and text.find(")") == len(text) - 1
    plain = text.replace(".", "").replace(",", "")
    return text if whole or len(text) < 2 or plain.isalnum() else f"({text})"
