"""Unpacking what a server packed, bounded at every step: a small body that swells without end is broken off."""

import zlib

LARGEST_RATIO = 200
"""Text packs to a tenth, a page of repetitions to a fiftieth; what packs further is made to swell."""
FREE_BYTES = 1_000_000
"""So much may come out before the ratio is looked at."""
_STEP_BYTES = 65_536
_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class PackedTooTight(Exception):
    """It swells beyond all measure."""


class UnknownPacking(Exception):
    """A packing that was not asked for."""


class Unpacker:
    """Takes the body in pieces and gives it back unpacked, in pieces of at most some 64 KB.

    Args:
        encoding: the Content-Encoding header; empty or `identity` for a body that is not packed.

    Raises:
        UnknownPacking: it is none of gzip and deflate.
    """

    def __init__(self, encoding: str) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", *_WINDOWS):
            raise UnknownPacking(name)
        self._name = name
        self._packed = zlib.decompressobj(_WINDOWS[name]) if name in _WINDOWS else None
        self._taken = self._given = 0

    def pieces(self, chunk: bytes) -> list[bytes]:
        """What a chunk unpacks to, at most LARGEST_RATIO times all that was taken.

        Raises:
            PackedTooTight: it swells without measure.
            zlib.error: it is not packed as it says.
        """
        if self._packed is None:
            return [chunk]
        self._taken += len(chunk)
        given = []
        while chunk:
            piece = self._step(chunk)
            self._given += len(piece)
            if self._given > FREE_BYTES and self._given > LARGEST_RATIO * self._taken:
                raise PackedTooTight
            given.append(piece)
            chunk = self._packed.unconsumed_tail
        return given

    def _step(self, chunk: bytes) -> bytes:
        if self._packed is None or self._packed.eof:
            return b""  # what follows the end is no part of it
        try:
            return self._packed.decompress(chunk, _STEP_BYTES)
        except zlib.error:
            if self._name != "deflate" or self._given:
                raise
            self._packed = zlib.decompressobj(-zlib.MAX_WBITS)  # half of all servers leave out the wrapping
            return self._packed.decompress(chunk, _STEP_BYTES)
