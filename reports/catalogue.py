"""The features as their catalogue describes them: names, units and what became of them in this run."""

from __future__ import annotations

from dataclasses import dataclass

from reports.wording import Text


@dataclass(frozen=True)
class CataloguedFeature:
    """A row of FeatureCatalogue."""

    feature: str
    label_en: str
    label_zh: str
    unit: str
    family: str
    group: str
    source_en: str
    source_zh: str
    window: str
    encoding: str
    levels: int
    applies_to: str
    owner_en: str
    owner_zh: str
    missing_share: float
    coverage: float | None
    psi: float | None
    masked_values: int
    masked_differences: int

    @property
    def label(self) -> Text:
        """Its name in both languages."""
        return Text(self.label_en, self.label_zh)

    @property
    def source(self) -> Text:
        """Where its idea comes from, in both languages."""
        return Text(self.source_en, self.source_zh)

    @property
    def owner(self) -> Text:
        """Who answers for its value, in both languages."""
        return Text(self.owner_en, self.owner_zh)


Labels = dict[str, CataloguedFeature]  # by feature
