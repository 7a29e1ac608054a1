"""The feature matrix of the customers of a part: every column that stage ``build`` writes, in its order."""

from __future__ import annotations

import pyarrow as pa

import pipeline
from data import schema
from data.parts.bank import Tables, column, rows_by
from engines.features.own import MOMENT, Own
from engines.features.profile import profile_of_part
from engines.network.customers import NETWORK_NAMES, network_of_part
from engines.passes import indicator_schemas
from features.build import Params as BuildParams
from features.line import LINE
from features.profile import FEATURES

KEYS = {"customer_id": pa.int64(), "as_of": MOMENT}
WEEKLY = indicator_schemas()[pipeline.table_name(schema.WeeklyIndicators)]
WINDOWS = [name for name in WEEKLY.names if name not in KEYS]
OWN_NAMES = [*WINDOWS, *(feature.name for feature in (*FEATURES, *LINE))]
MEASURED = [*OWN_NAMES, *NETWORK_NAMES]
MATRIX = pa.schema(KEYS | {name: pa.float32() for name in MEASURED})


def own_features_of_part(part: Tables, origin_us: int, params: BuildParams) -> pa.Table:
    """Windows, profile and line of the customers of a part as of the moments asked about, in order of both.

    Parameters
    ----------
    part
        | ``weeks``: customers (``customer``) and moments (``as_of``, microseconds), with their indicators
        | ``ends`` of the customers' payments
        | and what `profile_of_part` asks for
    origin_us : first moment of the ledger
    params : section ``build``
    """
    weeks = rows_by(part["weeks"], "as_of", "customer")
    own = Own.of(part["ends"], weeks, params.line)
    profile = profile_of_part(part, weeks, own, params)
    line = own.line_statistics(origin_us, params.line)
    found = [column(weeks, name) for name in WINDOWS]
    found += [frame[name].to_numpy() for frame in (profile, line) for name in frame]
    table = pa.table(
        [*(pa.array(own.subjects[name]) for name in KEYS), *(pa.array(c, from_pandas=False) for c in found)],
        schema=pa.schema([MATRIX.field(name) for name in (*KEYS, *OWN_NAMES)]),
    )
    return rows_by(table, *KEYS)


def features_of_part(part: Tables, origin_us: int, params: BuildParams) -> pa.Table:
    """All features of the customers of a part, in order of customer and moment.

    Parameters
    ----------
    part : what `own_features_of_part` and `network_of_part` ask for
    """
    if not len(part["weeks"]):
        return MATRIX.empty_table()
    own = own_features_of_part(part, origin_us, params)
    around = network_of_part(part, params.network)
    for name in NETWORK_NAMES:
        own = own.append_column(name, around.column(name))
    return own
