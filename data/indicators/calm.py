"""What speaks against suspicion: a dull, explained life."""

import numpy as np

from data.asof import Past, share
from data.indicators import indicator


@indicator("近90天工资占转入比", "share", "calm", "rule N1", needs="purpose")
def wage_share_90d(past: Past) -> np.ndarray:
    """Share of wages in the money received in 90 days."""
    return share(past.total("wages", "credit", days=90), past.total("credit", days=90))


@indicator("近30天与官方机构往来占比", "share", "calm", "rule N2")
def official_share_30d(past: Past) -> np.ndarray:
    """Share of the state, utilities, banks, brokers and insurers in the money of 30 days."""
    return share(past.total("official", days=30), past.total(days=30))


@indicator("近30天已备案来源转入占比", "share", "calm", "rule N3")
def on_file_in_share_30d(past: Past) -> np.ndarray:
    """Share of the money received in 30 days that came from the employer or family on file."""
    return share(past.total("on_file", "credit", days=30), past.total("credit", days=30))


@indicator("近30天新对手数", "count", "calm", "rule N4")
def new_counterparty_count_30d(past: Past) -> np.ndarray:
    """Counterparties of 30 days not seen in the 90 days before, shops and utilities apart."""
    return past.new_count("personal", days=30, known_days=90)
