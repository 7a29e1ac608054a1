"""How Spark commits what kernels answer: a data source of its own, to which the packets are written.

Spark lets one attempt at each task through and hands its message to the commit. Only this module is read by
the processes beside the driver that plan and commit; the kernel travels as bytes, which they need not open.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping

import pyarrow as pa
from pyspark import cloudpickle
from pyspark.sql.datasource import DataSource, DataSourceArrowWriter, WriterCommitMessage

from engines.packets import opened
from engines.puts import Answer, Put
from engines.relations import Measured

FORMAT = "answers"


class Message(WriterCommitMessage):
    """What the attempt at a task has put."""

    def __init__(self, puts: list[Put]) -> None:
        self.puts = puts


class AnswerWriter(DataSourceArrowWriter):
    """Puts what a kernel makes of the packets of a task.

    Parameters
    ----------
    kernel : what answers each part
    given : schemas of the relations that the kernel sees, by name
    """

    def __init__(self, answer: Answer, kernel: Measured, given: Mapping[str, pa.Schema]) -> None:
        self.answer, self.given = answer, given
        self.kernel = cloudpickle.dumps(kernel)

    def write(self, iterator: Iterator[pa.RecordBatch]) -> Message:
        """Answer one part after the other."""
        kernel: Measured = pickle.loads(self.kernel)
        return Message(
            [
                self.answer.put(name, part, table)
                for part, tables in opened(iterator, self.given)
                for name, table in kernel(tables).items()
            ]
        )

    def commit(self, messages: list[Message | None]) -> None:
        """Let what is told of be the answer; a task without a message has put nothing."""
        self.answer.commit([put for message in messages if message is not None for put in message.puts])

    def abort(self, messages: list[Message | None]) -> None:  # noqa: ARG002
        """Remove what was put, also by attempts of which there is no message."""
        self.answer.abort()


def source_of(writer: AnswerWriter) -> type[DataSource]:
    """The data source that writes with this writer; Spark makes instances of it where it wants one."""

    class Answers(DataSource):
        """A source of which Spark knows the name."""

        @classmethod
        def name(cls) -> str:
            return FORMAT

        def writer(self, schema: object, overwrite: bool) -> AnswerWriter:  # noqa: ARG002
            return writer

    return Answers
