"""Switch off a debugging check that regtest makes after every block.

On regtest Bitcoin Core walks its whole block index after each block, so that a chain of n blocks costs n².
The check guards Core's own bookkeeping, not consensus: main network nodes run without it. The library offers
no option for it; the setting is found in memory by what must stand around it and cleared. Where anything
looks different (another system, another build) nothing is written and the chain is merely slower.
"""

import ctypes
import struct
from collections.abc import Callable
from typing import Any

_SEARCHED_BYTES = 2048
_WORD = 8
#: libstdc++ keeps a path as a string (pointer, length, 16 bytes of buffer) and a pointer to its parts.
_PATH_BYTES = 40
#: ``std::optional<int32_t>`` that holds 1: "check at every block", as regtest sets it.
_CHECK_EVERY_BLOCK = struct.pack("<iB", 1, 1)


def switch_off_index_check(manager: Any, directory: str) -> bool:
    """Clear ``check_block_index`` of a chainstate manager whose data directory is ``directory``.

    Returns whether it was done. The place is recognised by three signs together: within the manager stands
    one string equal to the data directory with that very length, and right after that path an optional
    integer engaged with the value 1. Memory is searched through the kernel's file of it, so that an
    unmapped address is an error to catch and not a crash.
    """
    if struct.calcsize("P") != _WORD:
        return False
    try:
        with open("/proc/self/mem", "rb", buffering=0) as memory:

            def read(address: int, size: int) -> bytes:
                memory.seek(address)
                return memory.read(size)

            handle = ctypes.cast(manager._as_parameter_, ctypes.c_void_p).value
            if handle is None:
                return False
            start = struct.unpack("<Q", read(handle, _WORD))[0]
            places = _places(read, start, directory.encode())
            if len(places) != 1 or read(places[0], len(_CHECK_EVERY_BLOCK)) != _CHECK_EVERY_BLOCK:
                return False
    except (OSError, ValueError, OverflowError, struct.error):
        return False
    ctypes.memset(places[0], 0, 4)
    return True


def _places(read: Callable[[int, int], bytes], start: int, text: bytes) -> list[int]:
    """Addresses right behind each path equal to ``text`` in the bytes from ``start``."""
    image = read(start, _SEARCHED_BYTES)
    found = []
    for offset in range(0, len(image) - _PATH_BYTES - _WORD, _WORD):
        pointer, length = struct.unpack_from("<QQ", image, offset)
        if length != len(text) or not 0 < pointer < 1 << 47:
            continue
        try:
            if read(pointer, length) == text:
                found.append(start + offset + _PATH_BYTES)
        except OSError:
            continue
    return found
