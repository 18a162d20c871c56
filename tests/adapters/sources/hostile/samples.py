"""Hostile documents, generated: bombs, cuts, lies about charsets, nesting, lines without end. Each names itself; none is kept in a file."""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping

Make = Callable[[], bytes]
ITEM = (
    "<item><guid>g{0}</guid><title>题目{0}</title><link>https://forum.example/{0}</link>"
    "<description>北门路口的井盖又不见了 {0}</description></item>"
)


def rss(inside: str, *, head: str = '<?xml version="1.0" encoding="utf-8"?>', root: str = '<rss version="2.0">') -> bytes:
    return f"{head}{root}<channel><title>t</title>{inside}</channel></rss>".encode("utf-8", "surrogatepass")


def items(count: int) -> str:
    return "".join(ITEM.format(number) for number in range(count))


GOOD_FEED = rss(items(20))
GOOD_PAGE = (
    "<html><head><meta charset=utf-8></head><body><ul>"
    + "".join(f"<li><a href='/p/{n}'>题目{n}</a><i>昨天 18:4{n}</i></li>" for n in range(9))
    + "</ul></body></html>"
).encode()
GOOD_JSON = json.dumps(
    {"data": [{"id": n, "text": f"井盖不见了{n}", "time": 1772793720 + n} for n in range(20)]}, ensure_ascii=False
).encode()


def laughs(levels: int, width: int, name: str) -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * width if n else "ha"}">' for n in range(levels))
    return rss(ITEM.format(1).replace("题目1", f"&l{levels - 1};"), head=f"<!DOCTYPE {name} [{entities}]>")


def quadratic() -> bytes:
    return rss(f"<item><title>{'&x;' * 100_000}</title></item>", head=f'<!DOCTYPE r [<!ENTITY x "{"y" * 1_000_000}">]>')


def external(target: str) -> bytes:
    return rss("<item><title>&x;</title></item>", head=f'<!DOCTYPE r [<!ENTITY x SYSTEM "{target}"><!ENTITY % p SYSTEM "{target}"> %p;]>')


def zip_bomb() -> bytes:
    """A workbook whose one sheet unpacks to 300 MB."""
    return _workbook("<row><c><v>1</v></c></row>" * 1_000, 12_000)


def million_columns() -> bytes:
    """A workbook of one row with a million cells."""
    return _workbook(f"<row>{'<c><v>1</v></c>' * 1_000_000}</row>", 1)


_SCHEMAS = "http://schemas.openxmlformats.org"
_MAIN, _RELATIONS = f"{_SCHEMAS}/spreadsheetml/2006/main", f"{_SCHEMAS}/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_SCHEMAS}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_SCHEMAS}/package/2006/relationships">'
    f'<Relationship Id="r" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
    '<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_SCHEMAS}/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def _workbook(rows: str, times: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in _PARTS.items():
            archive.writestr(name, part)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for _ in range(times):
                sheet.write(rows.encode())
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


DATES = (
    "0000-00-00", "99999-01-01T00:00:00Z", "NaN", "-1", "1e400", "Sat, 31 Dec 9999 23:59:59 -1200", "9" * 4_000,
    "0001-01-01T00:00:00+14:00",
)  # fmt: skip
LINKS = (
    "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[", "//", "http://" + "a" * 100_000, "\u202ehttp://x",
    "ht\0tp://x",
)  # fmt: skip
MARKUP: Mapping[str, Make] = {
    "billion laughs": lambda: laughs(10, 10, "rss"),
    "laughs in a strange root": lambda: laughs(30, 10, "lolz"),
    "quadratic blow-up": quadratic,
    "external entity of a file": lambda: external("file:///etc/passwd"),
    "external entity of an inner host": lambda: external("http://169.254.169.254/latest"),
    "a document type without end": lambda: b"<!DOCTYPE rss [" * 100_000,
    "XML 50,000 deep": lambda: rss("<x>" * 50_000),
    "closed XML 50,000 deep": lambda: rss("<x>" * 50_000 + "</x>" * 50_000),
    "entries in entries": lambda: rss("<item>" * 50_000),
    "HTML 50,000 deep in an entry": lambda: rss(f"<item><title>a</title><description><![CDATA[{'<div>' * 50_000}]]></description></item>"),
    "HTML 50,000 deep": lambda: b"<html><body><ul><li>" + b"<div><span>" * 50_000,
    "formatting 50,000 deep": lambda: b"<b><i><a href=x>" * 50_000,
    "tables 50,000 deep": lambda: b"<table><tr><td>" * 50_000,
    "a line of 10 MB": lambda: b"x" * 10_000_000,
    "a title of 8 MB": lambda: rss(f"<item><title>{'井' * 2_600_000}</title></item>"),
    "a tag of 4 MB": lambda: b"<rss " + b"a" * 4_000_000,
    "200,000 attributes": lambda: b"<rss " + b" ".join(b"a%d='1'" % n for n in range(200_000)) + b">",
    "a million brackets": lambda: b"<" * 1_000_000,
    "a million declarations": lambda: b"<!" * 1_000_000,
    "a million ampersands": lambda: rss(f"<item><title>{'&' * 1_000_000}</title></item>"),
    "a million comments begun": lambda: b"<rss>" + b"<!--" * 1_000_000,
    "100,000 CDATA begun": lambda: b"<rss>" + b"<![CDATA[" * 100_000,
    "100,000 entries": lambda: rss(items(100_000)),
    "100,000 empty entries": lambda: rss("<item/>" * 100_000),
    "NULs": lambda: b"\0" * 5_000_000,
    "NULs between": lambda: GOOD_FEED.replace(b"<", b"\0<\0"),
    "invalid UTF-8": lambda: GOOD_FEED.replace("井".encode(), b"\xff\xfe\xc0\x80\xed\xa0\x80"),
    "noise": lambda: random.Random(1).randbytes(2_000_000),
    "noise in a feed": lambda: rss("").replace(b"</channel>", random.Random(2).randbytes(500_000)),
    "lone surrogates by reference": lambda: rss("<item><title>&#xD800;&#55357;&#x110000;&#0;&#99999999999999;</title></item>"),
    "a charset that is none": lambda: rss(items(3), head='<?xml version="1.0" encoding="\u00e9\u00e9-\\x00"?>'),
    "UTF-7": lambda: rss(items(3), head='<?xml version="1.0" encoding="utf-7"?>'),
    "says UTF-16 and is not": lambda: rss(items(3), head='<?xml version="1.0" encoding="utf-16"?>'),
    "UTF-32": lambda: GOOD_FEED.decode().encode("utf-32"),
    "half a UTF-16 unit": lambda: GOOD_FEED.decode().encode("utf-16")[:-1],
    "JSON": lambda: GOOD_JSON,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + random.Random(3).randbytes(100_000),
    "gzip in a body": lambda: gzip.compress(GOOD_FEED),
    "nothing": lambda: b"",
    "blanks": lambda: b" \r\n\t" * 1_000_000,
    "a stylesheet loop": lambda: rss(items(2), head='<?xml version="1.0"?><?xml-stylesheet href="https://forum.example/rss"?>'),
    "an include of a file": lambda: rss('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'),
    "namespaces without end": lambda: b"<rss " + b" ".join(b"xmlns:n%d='u%d'" % (n, n) for n in range(50_000)) + b"><channel/></rss>",
    "dates beyond all calendars": lambda: rss("".join(f"<item><title>t</title><pubDate>{date}</pubDate></item>" for date in DATES)),
    "links that lead nowhere good": lambda: rss("".join(f"<item><title>t</title><link>{link}</link></item>" for link in LINKS)),
}  # fmt: skip
"""Documents of no good for whoever expects a feed or a page."""

JSON: Mapping[str, Make] = {
    "arrays 50,000 deep": lambda: b"[" * 50_000,
    "closed arrays 50,000 deep": lambda: b"[" * 50_000 + b"]" * 50_000,
    "objects 50,000 deep": lambda: b'{"data":' * 50_000 + b"1" + b"}" * 50_000,
    "a million empty arrays": lambda: b'{"data": [' + b"[]," * 1_000_000 + b"1]}",
    "a number of 5 million digits": lambda: b'{"data": [{"text": "x", "id": ' + b"9" * 5_000_000 + b"}]}",
    "an exponent beyond": lambda: b'{"data": [{"text": "x", "likes": 1e999999, "time": 1e400}]}',
    "NaN and infinities": lambda: b'{"data": [{"text": "x", "time": NaN, "likes": -Infinity}]}',
    "lone surrogates": lambda: b'{"data": [{"text": "\\ud800 x \\udfff", "id": "\\ud83d"}]}',
    "a string of 7 MB": lambda: b'{"data": [{"text": "' + "井".encode() * 2_500_000 + b'"}]}',
    "a string without end": lambda: b'{"data": [{"text": "' + b"x" * 5_000_000,
    "a key given 100,000 times": lambda: b'{"data": [{' + b'"text": "x",' * 100_000 + b'"id": 1}]}',
    "100,000 keys": lambda: b'{"data": [{' + b",".join(b'"k%d": 1' % n for n in range(100_000)) + b"}]}",
    "100,000 records": lambda: b'{"data": [' + b",".join(b'{"text": "a%d"}' % n for n in range(100_000)) + b"]}",
    "records that are none": lambda: b'{"data": [1, null, true, "x", [], 1.5]}',
    "objects where text stands": lambda: b'{"data": [{"text": {"a": 1}, "id": []}, {"text": [1], "url": {}}]}',
    "HTML": lambda: GOOD_PAGE,
    "NULs": lambda: b"\0" * 1_000_000,
    "noise": lambda: random.Random(4).randbytes(1_000_000),
    "nothing": lambda: b"",
    "a lonely comma": lambda: b",",
    "null": lambda: b"null",
    "two documents": lambda: GOOD_JSON + GOOD_JSON,
}
"""Documents of no good for whoever expects JSON."""

CSV: Mapping[str, Make] = {
    "a quote never closed": lambda: '工单编号,内容\n1,"井盖'.encode() + "不见了,\n".encode() * 15_000,
    "a line of 10 MB": lambda: "工单编号,内容\n1,".encode() + b"x" * 10_000_000,
    "quotes upon quotes": lambda: "工单编号,内容\n1,".encode() + b'"' * 5_000_001,
    "a million columns": lambda: "工单编号,内容".encode() + b",x" * 1_000_000 + b"\n1,a\n",
    "a million separators": lambda: "工单编号,内容\n".encode() + b"," * 1_000_000,
    "NULs": lambda: b"\0" * 1_000_000,
    "UTF-16 cut in half": lambda: "工单编号,内容\n1,井盖不见了\n".encode("utf-16")[:-1],
    "noise": lambda: random.Random(5).randbytes(1_000_000),
    "nothing": lambda: b"",
    "a header and nothing more": lambda: "工单编号,内容\n".encode(),
}  # fmt: skip
"""Documents of no good for whoever expects a table of text."""

XLSX: Mapping[str, Make] = {
    "a zip bomb": zip_bomb,
    "a million columns": million_columns,
    "no zip": lambda: b"PK\x03\x04" + random.Random(6).randbytes(100_000),
    "an empty zip": lambda: b"PK\x05\x06" + bytes(18),
    "nothing": lambda: b"",
    "CSV": lambda: "工单编号,内容\n1,井盖\n".encode(),
}
"""Documents of no good for whoever expects a workbook."""


def cuts(document: bytes) -> Iterator[bytes]:
    """The document cut at every twentieth."""
    return (document[: len(document) * part // 20] for part in range(1, 20))


def flipped(document: bytes, seed: int) -> bytes:
    """The document with some bytes changed, doubled, dropped or moved."""
    chance, changed = random.Random(seed), bytearray(document)
    for _ in range(chance.randint(1, 30)):
        place = chance.randrange(len(changed) or 1)
        match chance.randrange(5):
            case 0:
                changed[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del changed[place : place + chance.randint(1, 40)]
            case 2:
                changed[place:place] = changed[place : place + chance.randint(1, 200)] * chance.randint(1, 5)
            case 3:
                changed[place:place] = chance.choice(
                    [b"<", b"&", b"]]>", b"\0", b"<!--", b"&#x", b'"', b"\\", b"\xff", b"</item>", b"{", b"["]
                )
            case _:
                end = chance.randrange(len(changed) or 1)
                changed[place:place] = changed[end : end + 50]
    return bytes(changed)
