"""LaTeX as readable text: x², a/b. What it does not know stays as it is."""

import re

from markdown_it.rules_inline import StateInline

_DELIMITED = re.compile(
    r"\\\((?P<a>.{1,1000}?)\\\)|\\\[(?P<b>.{1,1000}?)\\\]|\$\$(?P<c>.{1,1000}?)\$\$"
    r"|(?<![\w$\\])\$(?P<d>[^\s$](?:[^$\n]*[^\s$\\])?)\$(?![\w$])",
    re.DOTALL,
)
_BARE = re.compile(
    # Not amid a path, as in C:\times.
    r"(?<![A-Za-z:\\])\\(?:times|cdot|div|pm|approx|leq?|geq?|neq?"
    r"|d?frac|sqrt|boxed|text)(?![A-Za-z\\])"
    r"(?:\{(?:[^{}\n]|\{[^{}\n]*\})*\})*"
)
# \[Your name\] is a pair of brackets, and $5 is money.
_IS_FORMULA = re.compile(r"\\[A-Za-z]|\^|=|_[\w{]|\A\s*[A-Za-z]\s*\Z")
_IS_SHORT = re.compile(r"(?!\s*\d*\s*\Z)(?!.*[^\W\d_]{2}).*", re.DOTALL)

_DEEPEST = 20  # Nobody reads what is nested deeper; Python's stack ends somewhere.
_PIECE = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}^_&~]|[^\\{}^_&~]+|\\", re.DOTALL)
_COMMANDS = """
times cdot div pm mp leq le geq ge neq ne approx equiv sim propto infty circ degree
rightarrow to Rightarrow implies leftarrow leftrightarrow iff in notin subset cup cap
forall exists emptyset sum prod int partial nabla angle perp parallel therefore because
ldots dots cdots alpha beta gamma delta epsilon varepsilon theta lambda mu pi rho sigma
tau phi varphi omega eta zeta kappa Gamma Delta Theta Lambda Pi Sigma Phi Omega prime
checkmark bullet euro ast
"""
_SIGNS = """
\u00d7 · ÷ ± ∓ ≤ ≤ ≥ ≥ ≠ ≠ ≈ ≡ \u223c ∝ ∞ ° °
→ → ⇒ ⇒ ← ↔ ⇔ ∈ ∉ ⊂ \u222a ∩
∀ ∃ ∅ ∑ ∏ ∫ ∂ ∇ ∠ ⊥ ∥ ∴ ∵
… … … \u03b1 β \u03b3 δ ε ε θ λ μ π \u03c1 \u03c3
τ φ φ ω η ζ κ Γ Δ Θ Λ Π Σ Φ Ω \u2032
✓ • € *
"""
_SYMBOLS = dict(zip(_COMMANDS.split(), _SIGNS.split(), strict=True))
_SPACES = {"quad", "qquad", ",", ";", ":", " ", ">"}
_FUNCTIONS = "sin cos tan log ln exp lim max min gcd mod det arg deg"
_NAMES = frozenset(_FUNCTIONS.split())
_LOOKS = """
text mathrm mathbf mathit textbf textit operatorname boxed mathbb mathcal left right big
Big bigg Bigg displaystyle textstyle limits overline underline hat bar vec tilde
underbrace overbrace mbox ce ! nonumber
"""
_UNSHOWN = frozenset(_LOOKS.split())
_RAISED = dict(zip("0123456789+-=()niT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀ", strict=True))
# A minus, a degree and primes, which stand high already.
_RAISED |= {"\u2212": "⁻"} | {char: char for char in "°*\u2032\u2033"}
_LOWERED = dict(
    zip("0123456789+-=()aeoxhklmnpstij", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼ", strict=True)
)
_LOWERED["\u2212"] = "₋"


def read_formula(state: StateInline, silent: bool) -> bool:
    """Take LaTeX between its delimiters, or a command that nothing else has."""
    if state.src[state.pos] not in "\\$":
        return False
    found = _DELIMITED.match(state.src, state.pos, state.posMax)
    tex = next(filter(None, found.groups()), "") if found else ""
    if not found or not _is_formula(tex):
        found = _BARE.match(state.src, state.pos, state.posMax)
        if not found:
            return False
        tex = found[0]
    if not silent:
        _write(state, shown_formula(tex))
    state.pos = found.end()
    return True


def _is_formula(tex: str) -> bool:
    return bool(_IS_FORMULA.search(tex) or _IS_SHORT.fullmatch(tex))


def _write(state: StateInline, text: str) -> None:
    first, *rest = text.split("\n")
    state.pending += first
    for line in rest:
        state.push("softbreak", "br", 0)
        state.pending += line


def shown_formula(tex: str) -> str:
    """Turn the LaTeX of one formula into text; rows stay lines."""
    text = _Formula(tex).read()
    rows = (" ".join(row.split()) for row in text.split("\0"))
    return "\n".join(filter(None, rows)) or " ".join(tex.split())


class _Formula:
    """Reads LaTeX piece by piece."""

    def __init__(self, tex: str) -> None:
        self.pieces: list[str] = _PIECE.findall(tex)[::-1]
        self.depth = self.nesting = 0

    def read(self) -> str:
        """Read up to the end of the group or of all."""
        out = ""
        while self.pieces:
            piece = self.pieces.pop()
            if piece == "}":
                if self.depth:
                    return out
                out += piece
            else:
                out = self._add(out, piece)
        return out

    def _add(self, out: str, piece: str) -> str:
        match piece:
            case "^" | "_":
                write = raised if piece == "^" else lowered
                return out.rstrip() + write(self._argument())
            case "&" | "~":
                return out + " "
            case "{":
                return out + self._group()
            case _ if piece.startswith("\\"):
                return out + self._command(piece[1:])
        return out + piece

    def _group(self) -> str:
        if self.depth > _DEEPEST:
            return "{"
        self.depth += 1
        text = self.read()
        self.depth -= 1
        return text

    def _argument(self) -> str:
        """Read what a command takes: a group, a command, or one character."""
        while self.pieces and self.pieces[-1].isspace():
            self.pieces.pop()
        if not self.pieces or self.pieces[-1] == "}":
            return ""
        piece = self.pieces.pop()
        if piece == "{":
            return self._group()
        if piece.startswith("\\"):
            return self._command(piece[1:])
        piece = piece.lstrip()
        if piece[1:]:
            self.pieces.append(piece[1:])
        return piece[:1]

    def _command(self, name: str) -> str:
        if self.nesting > _DEEPEST:
            return f"\\{name}"
        self.nesting += 1
        text = self._translated(name)
        self.nesting -= 1
        return text

    def _translated(self, name: str) -> str:
        match name:
            case "frac" | "dfrac" | "tfrac":
                return f"{_atom(self._argument())}/{_atom(self._argument())}"
            case "sqrt":
                return f"√{_atom(self._argument())}"
            case "\\":
                return "\0"
            case "begin" | "end":
                self._argument()
                return ""
        return self._sign(name)

    def _sign(self, name: str) -> str:
        if name in _SYMBOLS:
            return _SYMBOLS[name]
        if name in _SPACES:
            return " "
        if name in _UNSHOWN:
            return ""
        return name if name in _NAMES or not name[:1].isalpha() else self._unknown(name)

    def _unknown(self, name: str) -> str:
        if self.pieces[-1:] != ["{"]:
            return f"\\{name}"
        return f"\\{name}{{{self._argument()}}}"


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
    return sign + _atom(text.strip())


def _atom(text: str) -> str:
    """Put `text` in parentheses unless it is one number, name or bracket."""
    whole = text.startswith("(") and text.find(")") == len(text) - 1
    plain = text.replace(".", "").replace(",", "")
    return text if whole or len(text) < 2 or plain.isalnum() else f"({text})"
