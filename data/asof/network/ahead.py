"""What the kernels' inner steps are compiled with: no counted references, and memory asked for ahead."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

# A compiled function counts the references to each array that it is given, at every call, which can
# take longer than its work. Functions that give nothing back and keep nothing do without.
INNER = {"cache": True, "nogil": True, "_nrt": False}
# Counters and constants for which the inner steps are called: a plain literal is a type of its own to
# numba, and each would have the step compiled once more.
NONE, ONE, TWO, THREE, FOUR, EIGHT = np.array([0, 1, 2, 3, 4, 8])
LEAVE = np.int64(-1)
AHEAD = 16  # steps of a kernel's loop; memory takes about as long as so many


@intrinsic
def fetch(typing_context: Any, values: Any, first: Any) -> Any:
    """Ask for row ``first`` of an array, without waiting and without effect on any value.

    The row must exist.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        array = context.make_array(kind)(context, builder, arguments[0])
        row = context.cast(builder, arguments[1], signature.args[1], types.intp)
        stride = cgutils.unpack_tuple(builder, array.strides)[0]
        byte = ir.IntType(8)
        place = builder.gep(builder.bitcast(array.data, byte.as_pointer()), [builder.mul(row, stride)])
        number = ir.IntType(32)
        ask = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [byte.as_pointer(), number, number, number]),
            "llvm.prefetch.p0",
        )
        # To be read, kept in every cache, data.
        builder.call(ask, [place, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(values, first), generate
