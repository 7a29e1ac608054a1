"""The numbers that torch draws for dropout, drawn in vector code.

Torch takes nine nanoseconds for each one, more than a layer takes for the rest of its work.
The stream is torch's own, continued where its generator stands: a Mersenne twister (MT19937),
two words a number, of which 53 bits are compared with the share that is kept. A network is
thus fitted with the very numbers that `torch.nn.Dropout` would have drawn.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numba import njit

from models.zoo.gnn.compiling import Apart

WORDS = 624
SHIFT = 397
# Layout of torch's generator: seed (8 bytes), words left (4), seeded (4), next (8), words (8 each).
LEFT_AT, WORDS_AT = 8, 24


class Draws:
    """Torch's stream of random numbers from one moment on; its generator itself stays where it is."""

    def __init__(self, words: np.ndarray, used: int) -> None:
        """``words`` (624,) of the twister, of which ``used`` are used up."""
        self._state = words.astype(np.uint32)
        self._ready = np.zeros(WORDS + 1, np.uint32)  # the first place is for the last one's last
        _temper(self._state, self._ready[1:])
        self._next = 1 + used

    @classmethod
    def of_torch(cls) -> Draws:
        """Go on where torch's generator stands."""
        state = torch.get_rng_state().numpy()
        left = int(state[LEFT_AT : LEFT_AT + 4].view(np.int32)[0])
        return cls(state[WORDS_AT : WORDS_AT + 8 * WORDS].view(np.uint64), WORDS + 1 - left)

    def kept(self, shape: tuple[int, ...], share: float) -> np.ndarray:
        """Which values of ``shape`` dropout keeps, each with a chance of ``share``; bool."""
        out = np.empty(math.prod(shape), np.bool_)
        limit = np.uint64(math.ceil(share * 2**53))
        self._next = _fill(self._state, self._ready, self._next, limit, out)
        return out.reshape(shape)


@njit(cache=True, nogil=True)
def _twist(state):  # type: ignore[no-untyped-def]
    """The twister's next 624 words."""
    low, top, mask = np.uint32(0x7FFFFFFF), np.uint32(0x80000000), np.uint32(0x9908B0DF)
    for i in range(WORDS - SHIFT):
        mixed = (state[i] & top) | (state[i + 1] & low)
        state[i] = state[i + SHIFT] ^ (mixed >> np.uint32(1)) ^ (mask * (mixed & np.uint32(1)))
    for i in range(WORDS - SHIFT, WORDS - 1):
        mixed = (state[i] & top) | (state[i + 1] & low)
        state[i] = state[i - (WORDS - SHIFT)] ^ (mixed >> np.uint32(1)) ^ (mask * (mixed & np.uint32(1)))
    mixed = (state[WORDS - 1] & top) | (state[0] & low)
    state[WORDS - 1] = state[SHIFT - 1] ^ (mixed >> np.uint32(1)) ^ (mask * (mixed & np.uint32(1)))


@njit(cache=True, nogil=True, pipeline_class=Apart)
def _temper(state, ready):  # type: ignore[no-untyped-def]
    """The words as they are handed out."""
    for i in range(WORDS):
        word = state[i]
        word ^= word >> np.uint32(11)
        word ^= (word << np.uint32(7)) & np.uint32(0x9D2C5680)
        word ^= (word << np.uint32(15)) & np.uint32(0xEFC60000)
        ready[i] = word ^ (word >> np.uint32(18))


@njit(cache=True, nogil=True, pipeline_class=Apart)
def _compare(words, limit, out):  # type: ignore[no-untyped-def]
    """Whether the number that each two words make is below ``limit``."""
    for i in range(len(out)):
        number = np.uint64(words[2 * i] & np.uint32(0x1FFFFF)) << np.uint64(32) | np.uint64(words[2 * i + 1])
        out[i] = number < limit


@njit(cache=True, nogil=True)
def _fill(state, ready, at, limit, out):  # type: ignore[no-untyped-def]
    """Fill ``out``; returns where the next word stands."""
    done = 0
    while done < len(out):
        if at >= WORDS:  # none is left, or one
            ready[0] = ready[WORDS]
            _twist(state)
            _temper(state, ready[1:])
            at -= WORDS
        count = min((WORDS + 1 - at) // 2, len(out) - done)
        _compare(ready[at : at + 2 * count], limit, out[done : done + count])
        at += 2 * count
        done += count
    return at
