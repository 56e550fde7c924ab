"""DOCX and XLSX: archives of XML, as office programs write them."""
