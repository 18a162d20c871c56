"""One way to read all ways of writing: both scripts, both widths, all quotation marks, every character in its old place."""

from language.script import to_simplified

_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_SIGNS = str.maketrans("．／＠－＋％＃＿＆＝　「」『』〝〞＂", './@-+%#_&= “”‘’“”"')


def plain(text: str) -> str:
    """The text in simplified script and half width, straight quotation marks turned by pairs; as long as the original."""
    narrow = to_simplified(text).translate(_WIDE).translate(_SIGNS)
    parts = narrow.split('"')
    return "".join(part + ("" if place == len(parts) - 1 else "”" if place % 2 else "“") for place, part in enumerate(parts))
