"""From a list to products: columns, prices, stock, and rows that are none."""

from decimal import Decimal

import pytest

from bot.knowledge.catalogues.cells import UnreadableListError
from bot.knowledge.catalogues.products import read_products
from db.records.passages import Product
from tests.bot.knowledge.catalogues.lists import of_csv, of_json, one, reasons, workbook

GERMAN = """Artikelnr.;Bezeichnung;Beschreibung;Preis in €;Auf Lager;Gewicht
R1;Roggenbrot, groß;Dunkles Brot;4,20;ja;1 kg
T1;Hochzeitstorte;;1.234;3;
"""


def test_a_list_of_a_german_spreadsheet() -> None:
    listed = of_csv(GERMAN.replace("€", "EUR"), encoding="latin-1")
    assert listed.bad == ()
    bread, cake = listed.catalogue.products
    assert bread.product == Product(
        sku="R1", name="Roggenbrot, groß", price=Decimal("4.20"), currency="EUR",
        in_stock=True,
    )  # fmt: skip
    assert bread.description == "Dunkles Brot"
    assert bread.attributes == {"Gewicht": "1 kg"}
    assert cake.product.price == Decimal(1234)  # as the comma in line 2 tells
    assert dict(listed.mapped)["Preis in EUR"] == "price"
    assert dict(listed.mapped)["Gewicht"] == ""
    assert bread.chunk.text == (
        "Roggenbrot, groß (R1)\nDunkles Brot\nPrice: 4.20 EUR\nIn stock: yes\n"
        "Gewicht: 1 kg"
    )
    assert "roggenbrot" in bread.chunk.words


@pytest.mark.parametrize(
    "headings",
    [
        "SKU,Title,Price,Currency Code,Link,Image URL,Availability",
        "référence,nom du produit,prix,devise,lien,image,disponibilité",
        "código,nombre,precio,moneda,enlace,foto,existencias",
        "codice,nome,prezzo,valuta,link,immagine,giacenza",
        "código,nome,preço,moeda,link,imagem,estoque",
        "artikelcode,naam,prijs,valuta,link,afbeelding,voorraad",
        "артикул,название,цена,валюта,ссылка,фото,наличие",
        "货号,商品名称,价格,货币,链接,图片,库存",
        "رمز المنتج,اسم المنتج,السعر,العملة,الرابط,الصورة,المخزون",
        "उत्पाद कोड,नाम,मूल्य,मुद्रा,लिंक,चित्र,स्टॉक",
        "article_number,NAME,unit-price,Currency,url,picture,in_stock",
    ],
)
def test_headings_of_several_languages_are_known(headings: str) -> None:
    row = "A1,Bread,4.20,EUR,https://a.example/1,https://a.example/1.jpg,0"
    found = one(of_csv(f"{headings}\n{row}\n"))
    assert found.product == Product(
        sku="A1", name="Bread", price=Decimal("4.20"), currency="EUR",
        url="https://a.example/1", image_url="https://a.example/1.jpg", in_stock=False,
    )  # fmt: skip
    assert found.attributes == {}


def test_of_two_columns_that_could_be_one_field_the_usual_one_is_it() -> None:
    found = one(of_csv("id,sku,title,name\n7,A1,Loaf,Bread\n"))
    assert (found.product.sku, found.product.name) == ("A1", "Bread")
    assert found.attributes == {"id": "7", "title": "Loaf"}


def test_a_workbook_with_numbers_and_formulas() -> None:
    content = workbook(
        ["sku", "name", "price", "stock"], ["A", "Bread", 4.2, 3], ["B", "Roll", "=1+1"]
    )
    listed = read_products(content, "/lists/breads.xlsx", "EUR")
    (bread,) = listed.catalogue.products
    assert str(bread.product.price) == "4.2"
    assert bread.product.in_stock is True
    assert "Price: 4.20 EUR" in bread.chunk.text
    (reason,) = reasons(listed)
    assert reason.startswith("row 3: price is a formula that was never calculated")


def test_json_with_attributes() -> None:
    listed = of_json(
        [{"sku": 7, "name": "Bread", "price": "5 €", "in_stock": True,
          "attributes": {"weight": "1 kg"}}]
    )  # fmt: skip
    found = one(listed)
    assert found.product.sku == "7"
    assert (found.product.price, found.product.currency) == (Decimal(5), "EUR")
    assert found.attributes == {"weight": "1 kg"}


@pytest.mark.parametrize(
    ("said", "is_there"),
    [("in stock", True), ("0", False), ("3", True), ("ja", True), ("agotado", False),
     ("https://schema.org/InStock", True), ("out_of_stock", False), ("有货", True),
     ("", None), ("-2", False)],
)  # fmt: skip
def test_stock_in_many_words(said: str, is_there: bool | None) -> None:
    assert one(of_csv(f"sku,name,stock\nA,B,{said}\n")).product.in_stock is is_there


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Bread,1 €,,", "has no sku"),
        ("A,,1 €,,", "has no name"),
        ("A,Bread,1,,", "price has no currency"),
        ("A,Bread,1.234 €,,", "may mean two amounts"),
        ("A,Bread,cheap,,", 'price "cheap" is no amount'),
        ("A,Bread,-1 €,,", "is no amount"),
        ("A,Bread,1 Taler,,", 'currency "Taler" is not known'),
        ("A,Bread,1 €,perhaps,", "neither yes nor no"),
        ("A,Bread,1 €,,http://a.example/x.jpg", "no https:// address"),
        ("A,Bread,1 €,,javascript:alert(1)", "no https:// address"),
        ("A,Bread,1 €,,https://a:b@c.example/", "no https:// address"),
        ("A,Bread,1 €,,https://a.example/ b", "no https:// address"),
        ("A,=HYPERLINK(1),1 €,,", "is a formula"),
        ("A,+cmd|' /C calc'!A1,1 €,,", "is a formula"),
        ("A,@SUM(A1),1 €,,", "is a formula"),
        ("A,\uff1d1+1,1 €,,", "is a formula"),
        ("A,Br\x1b[31mead,1 €,,", "control characters"),
        ("A,Br\u202eead,1 €,,", "control characters"),
        ('A,"Br\nead",1 €,,', "line breaks"),
        (f"A,{'b' * 301},1 €,,", "longer than 300"),
        ("A,Bread,1 €,,,,surplus", "more cells than there are headings"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_why(row: str, reason: str) -> None:
    listed = of_csv(f"sku,name,price,stock,image\nOK,Roll,1 €,,\n{row}\n")
    assert [new.product.sku for new in listed.catalogue.products] == ["OK"]
    (told,) = reasons(listed)
    assert told.startswith("line 3: ")
    assert reason in told
    assert "\x1b" not in told


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("plum cake (1).jpg", "file:plum cake (1).jpg"),
        ("file:a.PNG", "file:a.PNG"),
        ("https://a.example/1.jpg", "https://a.example/1.jpg"),
    ],
)
def test_a_picture_may_be_a_file_of_the_operators(cell: str, read: str) -> None:
    found = one(of_csv(f"sku,name,image\nA,Bread,{cell}\n"))
    assert found.product.image_url == read


@pytest.mark.parametrize(
    "cell", ["../a.jpg", "a/b.jpg", ".a.jpg", "page.html", "a..jpg"]
)
def test_a_path_is_no_picture(cell: str) -> None:
    (told,) = reasons(of_csv(f"sku,name,image\nA,Bread,{cell}\n"))
    assert "is no https:// address" in told


def test_a_sku_stands_once() -> None:
    listed = of_csv("sku,name\nA,Bread\nA,Roll\n")
    assert reasons(listed) == ["line 3: sku A stands in line 2 already"]


def test_what_is_said_with_a_dash_or_a_plus_is_no_formula() -> None:
    found = one(of_csv('sku,name,description,storage\nA,B,- crisp,"-18 °C"\n'))
    assert found.description == "- crisp"
    assert found.attributes == {"storage": "-18 °C"}


def test_currencies_of_price_column_and_command_must_agree() -> None:
    text = "sku,name,price,currency\nA,B,$5,CAD\nC,D,5 €,USD\nE,F,5,\n"
    listed = of_csv(text, currency="CHF")
    told = [
        (new.product.sku, new.product.currency) for new in listed.catalogue.products
    ]
    assert told == [("A", "CAD"), ("E", "CHF")]
    assert reasons(listed) == [
        "line 3: price is in EUR, its currency is said to be USD"
    ]


def test_a_list_without_a_sku_or_products_is_none() -> None:
    with pytest.raises(
        UnreadableListError, match=r"no column sku.*Its columns are a, b"
    ):
        of_csv("a,b\n1,2\n")
    with pytest.raises(UnreadableListError, match="no products"):
        of_csv("sku,name\n")
