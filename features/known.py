"""The bank's tables as far as features read them, whole or as they were at a moment."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd


@dataclass(frozen=True)
class Known:
    """The bank's tables as far as features read them."""

    customers: pd.DataFrame
    accounts: pd.DataFrame
    transactions: pd.DataFrame
    tags: pd.DataFrame
    weekly: pd.DataFrame
    devices: pd.DataFrame
    dispositions: pd.DataFrame

    def before(self, moment: pd.Timestamp) -> Known:
        """The same bank with every row deleted that was not yet known at a moment.

        Accounts stay, for they number the parties of payments, but lose their later dates.
        """
        tags = self.tags[self.tags["valid_from"] < moment]
        devices = self.devices[self.devices["valid_from"] < moment]
        return replace(
            self,
            customers=self.customers[self.customers["joined_at"] < moment],
            accounts=self.accounts.assign(
                opened_at=self.accounts["opened_at"].where(self.accounts["opened_at"] < moment),
                closed_at=self.accounts["closed_at"].where(self.accounts["closed_at"] < moment),
            ),
            transactions=self.transactions[(self.transactions["at"] < moment).to_numpy()],
            tags=tags.assign(valid_to=tags["valid_to"].where(tags["valid_to"] < moment)),
            weekly=self.weekly[self.weekly["as_of"] <= moment],
            devices=devices.assign(valid_to=devices["valid_to"].where(devices["valid_to"] < moment)),
            dispositions=self.dispositions[self.dispositions["known_at"] < moment],
        )
