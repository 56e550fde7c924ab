"""LaTeX is shown as a person would type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.whatsapp.text.formatting import to_whatsapp
from bot.whatsapp.text.formulas import shown_formula


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"Total: \( 3 \times 4 \) = **12**", "Total: 3 \u00d7 4 = *12*"),
        (r"\[ \frac{a}{b} = \sqrt{x^2 + 1} \]", "a/b = √(x² + 1)"),
        ("\\[\n\\frac{a+b}{2}\n\\]", "(a+b)/2"),
        ("So\n$$\na = b\n+ c\n$$\n**x**", "So\na = b + c\n*x*"),
        ("$$E = mc^2$$", "E = mc²"),
        ("so $x_1 + x_2 \\leq 10$, and $n$ too", "so x₁ + x₂ ≤ 10, and n too"),
        (r"\(v_{max} * a_i * b\)", "vₘₐₓ * aᵢ * b"),
        (r"\(20^\circ\text{C}\), \(50\%\) or \(x\)", "20°C, 50% or x"),
        ("\\[\\begin{aligned} a &= b \\\\ &= c \\end{aligned}\\]", "a = b\n= c"),
        (r"\boxed{42} and 3 \times 4, \frac{1}{2} cup", "42 and 3 \u00d7 4, 1/2 cup"),
        (r"\(\left( a \right) \foo{b}\)", r"( a ) \foo{b}"),
        ("- \\(a\\)\n- $2^{10}$", "- a\n- 2¹⁰"),
    ],
)
def test_formulas_are_readable(latex: str, shown: str) -> None:
    assert to_whatsapp(latex) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\[Your name\], \(see above\) \[1\]", "[Your name], (see above) [1]"),
        ("$5 and $10, US$5/$6, $A$B", "$5 and $10, US$5/$6, $A$B"),
        (r"`\(x^2\)` `$x$`", r"`\(x^2\)` `$x$`"),
        (r"C:\times\div", r"C:\times\div"),
        (r"\( a", "( a"),
    ],
)
def test_what_is_no_formula_stays(text: str, shown: str) -> None:
    assert to_whatsapp(text) == shown


PIECES = ["\\frac", *"{}^_\\&1 [", "\\\\", "\\text", "\\foo"]


@pytest.mark.parametrize("piece", ["\\frac", "\\frac{", "{", "x^{", "\\foo{"])
def test_a_formula_of_any_depth_is_read(piece: str) -> None:
    assert to_whatsapp(f"\\(57 {piece * 150}\\)").startswith("57")


@given(st.lists(st.sampled_from(PIECES)), st.lists(st.sampled_from(PIECES)))
def test_no_word_of_a_formula_is_lost(before: list[str], after: list[str]) -> None:
    formula = f"{''.join(before)} 57 {''.join(after)}"
    plain = shown_formula(formula).translate(str.maketrans("⁵⁷₅₇", "5757"))
    assert "5" in plain
    assert "7" in plain
