"""What the columns of a list are, by their headings in several languages."""

# ruff: noqa: RUF001 - words of other languages

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import regex

from bot.knowledge.catalogues.prices import find_currency

# The first word that a list has is the field; others of the same stay attributes.
NAMES: Mapping[str, str] = {
    "sku": """
        sku, article number, item number, product number, product code, item code,
        artikelnummer, artikelnr, artikel nr, art nr, artnr, bestellnummer, référence,
        reference, ref, réf, referencia, código, codigo, codice, codice articolo,
        articolo, referência, artikelcode, артикул, код, код товара, 货号, 编号,
        商品编号, 产品编号, رمز المنتج, رقم المنتج, رقم الصنف, उत्पाद कोड, कोड,
        stok kodu, product id, variant sku, id, nr, number, no
        """,
    "name": """
        name, product name, title, product, item, item name, artikelname, produktname,
        produkt, artikel, bezeichnung, titel, nom, nom du produit, produit, titre,
        désignation, article, nombre, producto, título, titulo, nome, nome prodotto,
        prodotto, titolo, produto, naam, productnaam, название, наименование, товар,
        имя, 名称, 商品名称, 产品名称, 品名, 商品, 标题, اسم المنتج, الاسم, اسم, المنتج,
        नाम, उत्पाद का नाम, उत्पाद, ürün adı, ürün, isim
        """,
    "description": """
        description, details, text, beschreibung, produktbeschreibung, descripción,
        descripcion, descrizione, descrição, descricao, omschrijving, beschrijving,
        описание, 描述, 说明, 商品描述, الوصف, وصف, विवरण, açıklama, body
        """,
    "price": """
        price, unit price, sale price, selling price, preis, verkaufspreis, stückpreis,
        prix, prix unitaire, tarif, precio, precio unitario, prezzo, preço, preco,
        prijs, цена, стоимость, 价格, 单价, 售价, السعر, سعر, मूल्य, कीमत, दाम, fiyat,
        fiyatı
        """,
    "currency": """
        currency, currency code, währung, devise, monnaie, moneda, divisa, valuta,
        moeda, валюта, 货币, 币种, العملة, عملة, मुद्रा, para birimi
        """,
    "url": """
        url, link, product url, product link, page, webseite, seite, lien, enlace,
        collegamento, ligação, ссылка, 链接, 网址, الرابط, رابط, लिंक, bağlantı
        """,
    "image_url": """
        image url, image, picture, photo, image link, picture url, photo url, image src,
        bild, bild url, bildlink, foto, url de imagen, imagen, image de produit,
        immagine, imagem, afbeelding, изображение, картинка, фото, 图片, 图片链接,
        الصورة, صورة, चित्र, तस्वीर, resim, görsel
        """,
    "in_stock": """
        in stock, stock, availability, available, inventory, quantity in stock, stock
        status, auf lager, lager, lagerbestand, bestand, verfügbar, verfügbarkeit,
        vorrätig, en stock, disponible, disponibilité, stock disponible, existencias,
        disponibilidad, inventario, disponibile, disponibilità, giacenza, em stock,
        estoque, disponível, disponibilidade, op voorraad, voorraad, наличие, в наличии,
        остаток, 库存, 有货, 现货, المخزون, متوفر, التوفر, स्टॉक, उपलब्ध, उपलब्धता, stok
        """,
}
WORDS = regex.compile(r"[\p{L}\p{N}\p{M}]+")
SIGNS = regex.compile(r"\p{Sc}|[\p{L}\p{M}]+")
FILLERS = frozenset({"in", "en", "em", "per", "incl", "inkl", "gross", "brutto"})


def _known(names: str) -> list[str]:
    return [_folded(" ".join(name.split())) for name in names.split(",")]


def _folded(heading: str) -> str:
    return " ".join(WORDS.findall(normalize("NFKC", heading).casefold()))


FIELDS = {
    name: (field, rank)
    for field, names in NAMES.items()
    for rank, name in enumerate(_known(names))
}


@dataclass(frozen=True, slots=True)
class Mapped:
    """Which column is which field, and which ones are attributes.

    `currency` is the one that the price's heading names: "Price (EUR)".
    """

    fields: Mapping[str, int]
    attributes: Mapping[int, str]
    currency: str | None


def map_headings(headings: Sequence[str]) -> Mapped:
    """Map headings to fields; of several that could be one, the usual one is it."""
    best: dict[str, tuple[int, int]] = {}
    currencies: dict[int, str | None] = {}
    for at, heading in enumerate(headings):
        name, currency = _without_currency(heading)
        found = FIELDS.get(name)
        if found is None or (currency and found[0] != "price"):
            continue
        currencies[at] = currency
        field, rank = found
        best[field] = min(best.get(field, (rank, at)), (rank, at))
    fields = {field: at for field, (_, at) in best.items()}
    others = {
        at: heading
        for at, heading in enumerate(headings)
        if at not in fields.values() and heading
    }
    currency = currencies[fields["price"]] if "price" in fields else None
    return Mapped(fields, others, currency)


def _without_currency(heading: str) -> tuple[str, str | None]:
    """Return "preis", "EUR" for "Preis in €"."""
    name = _folded(heading)
    if name in FIELDS:
        return name, None
    found = None
    for sign in SIGNS.findall(normalize("NFKC", heading)):
        found = found or find_currency(sign)
    words = [w for w in name.split() if find_currency(w) is None and w not in FILLERS]
    return " ".join(words), found
