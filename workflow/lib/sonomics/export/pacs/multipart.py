"""Split a multipart/related answer (RFC 2387) as it arrives; a part that is cut short is never passed on."""

from collections.abc import Iterable, Iterator
from email.message import Message

from sonomics.export.pacs.limits import require_size


def read_boundary(content_type: str) -> bytes:
    """Read the boundary out of a Content-Type header; b"" when there is none."""
    message = Message()
    message["Content-Type"] = content_type
    boundary = message.get_param("boundary", "")
    return str(boundary).encode() if message.get_content_type() == "multipart/related" else b""


def split_parts(stream: Iterable[bytes], boundary: bytes, largest_mb: float) -> Iterator[bytes]:
    """Split a stream into the bodies of its parts; only one part is held in memory.

    Parameters
    ----------
    stream : iterable of bytes
        Pieces of any length.
    boundary : bytes
    largest_mb : float
        Size (MB) that a part may have.

    Yields
    ------
    bytes

    Raises
    ------
    ValueError
        When the stream ends before its last delimiter: the connection was cut.
    PacsError
        EXCESS when a part is larger than it may be.
    """
    delimiter = b"\r\n--" + boundary
    held, searched, begun = bytearray(b"\r\n"), 0, False
    for piece in stream:
        held += piece
        while (end := held.find(delimiter, searched)) >= 0:
            if len(held) < end + len(delimiter) + 2:
                break
            require_size(end, largest_mb, "object_mb")
            if begun:
                yield bytes(held[:end].partition(b"\r\n\r\n")[2])
            begun, searched = True, 0
            if held[end + len(delimiter) : end + len(delimiter) + 2] == b"--":
                return
            del held[: end + len(delimiter)]
        else:
            searched = max(0, len(held) - len(delimiter))
            require_size(searched, largest_mb, "object_mb")
    raise ValueError("the answer ends before its last part does")
