"""PDF, Word and web files made for tests: small, honest ones; the hostile ones start from them."""

import io
import zipfile
from collections.abc import Sequence
from html import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(pages: Sequence[Sequence[str]], *, with_meaning: bool = True) -> bytes:
    """A PDF with a text layer: one line of each page under the other.

    Args:
        with_meaning: False leaves out what its font's shapes mean, as bad converters do.
    """
    used = sorted({character for page in pages for line in page for character in line})
    glyphs = {character: number + 1 for number, character in enumerate(used)}
    objects: list[bytes] = [b"", b""]

    def add(content: bytes) -> int:
        objects.append(content)
        return len(objects)

    def stream(content: bytes, more: bytes = b"") -> bytes:
        return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)

    meaning = add(stream(_cmap(glyphs))) if with_meaning else 0
    told = add(
        b"<< /Type /FontDescriptor /FontName /Song /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 "
        b"/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
    )
    cid = add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 /FontDescriptor %d 0 R >>" % told
    )
    font = add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [%d 0 R]%s >>"
        % (cid, b" /ToUnicode %d 0 R" % meaning if meaning else b"")
    )
    kids = []
    for page in pages:
        shown = b"\n".join(
            b"BT /F 12 Tf 60 %d Td <%s> Tj ET" % (780 - 18 * number, "".join(f"{glyphs[c]:04x}" for c in line).encode())
            for number, line in enumerate(page)
            if line
        )
        content = add(stream(shown))
        kids.append(
            add(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F %d 0 R >> >> >>"
                % (content, font)
            )
        )
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % kid for kid in kids), len(kids))
    return _written(objects)


def docx(paragraphs: Sequence[str], *, body: str | None = None, numbering: str = "") -> bytes:
    """A Word document of paragraphs; `body` is XML to stand in their place."""
    inner = body if body is not None else "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in paragraphs)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{inner}</w:body></w:document>',
    }
    if numbering:
        parts["word/numbering.xml"] = f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>'
    return package({name: text.encode() for name, text in parts.items()})


def package(parts: dict[str, bytes]) -> bytes:
    """A zip of parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return packed.getvalue()


def html(paragraphs: Sequence[str], *, title: str = "", head: str = "", encoding: str = "utf-8") -> bytes:
    """A page of a public body: the document amid navigation, recommendations and a foot."""
    inner = "\n".join(f"<p>　　{escape(line)}</p>" for line in paragraphs)
    around = "".join(f'<li><a href="/{number}.html">热点专题第{number}号</a></li>' for number in range(30))
    return f"""<html><head><meta charset="{encoding}"><title>{title}</title>{head}</head><body>
<div class="top"><ul>{around}</ul></div><div class="main"><div class="crumbs">首页 &gt; 政策</div>
<div class="content">{inner}</div><div class="share">分享到：微信 打印</div></div>
<div class="foot">主办：市政府办公室　备案号：123</div><script>var a = "脚本";</script></body></html>""".encode(encoding)


def wrapped(paragraphs: Sequence[str], width: int = 36, lines: int = 38) -> list[list[str]]:
    """Paragraphs as a printer sets them: full lines without indents, pages with a running head and a number."""
    set_lines = [line[at : at + width] for line in paragraphs for at in range(0, max(1, len(line)), width)]
    pages = [set_lines[at : at + lines] for at in range(0, len(set_lines), lines)]
    return [["云川市政策汇编", *page, f"— {number} —"] for number, page in enumerate(pages, 1)]


def _cmap(glyphs: dict[str, int]) -> bytes:
    pairs = [f"<{number:04x}> <{character.encode('utf-16-be').hex()}>" for character, number in glyphs.items()]
    blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    mapped = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /M def /CMapType 2 def "
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{mapped}\nendcmap end end"
    ).encode()


def _written(objects: Sequence[bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out) + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
