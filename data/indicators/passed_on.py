"""Money of parties newly met that goes on to others but for a commission: the trace of a lent account."""

import numpy as np

from data.asof import Past
from data.indicators import indicator

SOURCE = "银发〔2016〕261号; UNODC points running"


@indicator("近7天扣除小额留存后转出的最大汇集金额", "CNY", "pass_through", SOURCE, needs="purpose")
def passed_on_amount_7d(past: Past) -> np.ndarray:
    """Most money of newly met parties and cash that went on in days but for a small part, in 7 days."""
    return past.largest("debit", days=7, column="passed_on_cents") / 100


@indicator("近7天扣除小额留存后转出的资金最多来源笔数", "count", "pass_through", SOURCE, needs="purpose")
def passed_on_credit_count_7d(past: Past) -> np.ndarray:
    """Most payments of newly met parties and cash that went on together but for a small part, in 7 days."""
    return past.largest("debit", days=7, column="passed_on_credits")


@indicator("近30天扣除小额留存后转出的天数", "days", "pass_through", SOURCE, needs="purpose")
def passed_on_day_count_30d(past: Past) -> np.ndarray:
    """Days of 30 on which money of newly met parties and cash went on but for a small part."""
    return past.distinct("debit", "passed_on", days=30, key="day")
