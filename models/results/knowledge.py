"""Contract of the result of the stage audit_knowledge: what the bank can know, and what is true beside it.

What the bank can know supposes reviewers who never err: a best case, so that what stays
unknown here stays unknown in any bank.
"""

from __future__ import annotations

from pydantic import Field

from data.results import Interval
from models.results.judged import McNemar
from pipeline import Record, Result


class ReviewAnswer(Record):
    """What reviews of customers whom the chosen model did not find say of its recall."""

    design: str = Field(description="random: all alike; stratified: by the model's highest score of each")
    reviews: int = Field(description="customers reviewed in the test")
    answer: Interval = Field(
        description="recall as the bank would estimate it: median of all drawn reviews and the middle 95 % "
        "of them; without a review the bounds of what is possible"
    )
    found: float | None = Field(description="illicit customers found by the reviews, mean of the draws")
    found_none: float | None = Field(description="draws that find none, so that recall looks whole; share")


class Recaptured(Record):
    """How many illicit customers two rankers seem to leave, from whom both caught."""

    first: str = Field(description="ranker")
    second: str = Field(description="another ranker")
    caught_by_first: int = Field(description="illicit customers")
    caught_by_second: int = Field(description="illicit customers")
    caught_by_both: int = Field(description="illicit customers")
    caught: int = Field(description="illicit customers caught by either")
    estimated: float = Field(description="illicit customers by Chapman's estimate")
    claimed: float | None = Field(description="caught by either over the estimate; share")
    true: Interval = Field(description="caught by either over all illicit customers, by scheme; share")


class Certainty(Record):
    """How much the illicit customers of the test say, who come in schemes."""

    customers: int = Field(description="illicit customers of the test")
    schemes: int = Field(description="schemes, those with a member in common as one")
    effective_schemes: float | None = Field(
        description="schemes of equal size that would say as much (Kish): customers squared over the sum "
        "of squared sizes"
    )
    largest_scheme: int = Field(description="customers of the largest")
    by_bootstrap: Interval = Field(description="true recall of the chosen model, schemes drawn")
    by_jackknife: Interval = Field(
        description="the same, each scheme left out once, t distribution; may pass beyond 0 or 1"
    )
    by_customer: Interval = Field(description="the same as if customers were independent, Wilson: too narrow")


class Circularity(Record):
    """How far a ranker repeats the rules that its labels come from."""

    ranker: str = Field(description="model, stack or rules")
    bank_recall: Interval = Field(description="recall at the budget by the bank's labels, by scheme")
    true_recall: Interval = Field(description="recall at the budget in truth, by scheme")
    apparent_less_true: Interval = Field(description="the first less the second, on the same schemes")
    mimicry: float | None = Field(
        description="variance of a place in the queue (as an order of magnitude) that the rules' hits tell, "
        "learnt on validation, judged on the test; share, below 0: nothing; null for the rules"
    )
    hit_alerts: float | None = Field(
        description="alerts on customers whom a rule hit within the label window; share"
    )


class SwapCell(Record):
    """Customers of the test whom the same rankers alerted."""

    customers: int = Field(description="customers")
    illicit: int = Field(description="of them illicit, and alerted while so where they are alerted at all")
    suspected: int = Field(description="the same by the bank's labels")


class LostCase(Record):
    """An illicit customer whom the champion catches and the challenger does not."""

    customer_id: int = Field(description="customer")
    typologies: str = Field(description="typologies of its schemes in the test, separated by blanks")
    reason: str = Field(
        description="elsewhen: alerted in another week, or silent for an earlier alert; near: caught at "
        "three times the budget; far: not even then"
    )


class Swap(Record):
    """What a bank gains and loses that puts the challenger in the champion's place, at equal budget."""

    champion: str = Field(description="ranker at work")
    challenger: str = Field(description="the model that the bank chose")
    champion_alerts: int = Field(description="alerts in the test")
    challenger_alerts: int = Field(description="alerts in the test")
    both: SwapCell = Field(description="alerted by both")
    swapped_out: SwapCell = Field(description="alerted by the champion alone")
    swapped_in: SwapCell = Field(description="alerted by the challenger alone")
    neither: SwapCell = Field(description="alerted by neither; illicit: whom both miss")
    gain: Interval = Field(description="true recall of the challenger less the champion's, paired by scheme")
    by_scheme: McNemar = Field(description="schemes with a member caught: challenger first")
    lost: list[LostCase] = Field(description="true cases that the swap loses")


class NextInLine(Record):
    """The customers with the highest scores among those whom neither rules nor the chosen model alerted."""

    places: int = Field(description="customers, from the highest score down; the last row: all of them")
    illicit: int = Field(description="of them truly illicit")
    share: Interval = Field(description="the same, Wilson")


class GroupRates(Record):
    """How often a group of customers is alerted."""

    positives: int = Field(description="customers positive in the test")
    caught: Interval = Field(description="of them alerted while positive; null for a group too small")
    caught_gap: Interval = Field(description="the same less that of all other groups, paired")
    others: int = Field(description="customers not positive in the test")
    alerted: Interval = Field(description="of them alerted; null for a group too small")
    alerted_gap: Interval = Field(description="the same less that of all other groups, paired")


class FairnessRow(Record):
    """One group at the cut of one ranker."""

    attribute: str = Field(description="gender, age or city, of persons")
    group: str = Field(description="value; of cities size by customers, 1 the largest quarter")
    ranker: str = Field(description="rules, or the chosen model")
    bank: GroupRates = Field(description="by the bank's labels; intervals by customer")
    true: GroupRates = Field(description="in truth; intervals by scheme")


class BankKnowledge(Result):
    """What the bank can know of its own recall, and whom it treats how, beside the truth."""

    chosen: str = Field(description="the model that the bank chose")
    caught: int = Field(description="illicit customers whom it catches at the budget")
    not_found: int = Field(description="customers of the test whom it does not find, among whom reviews look")
    hidden: int = Field(description="of them truly illicit")
    true_recall: Interval = Field(description="of the chosen model, by scheme")
    reviews_today: int = Field(description="reviews in the test that go to customers drawn at random")
    answers: list[ReviewAnswer] = Field(description="one row a design and number of reviews")
    recaptured: list[Recaptured] = Field(description="one row a pair of rankers")
    certainty: Certainty = Field(description="what the number of schemes allows to say")
    circularity: list[Circularity] = Field(description="one row a ranker")
    swaps: list[Swap] = Field(description="one row a champion")
    next_in_line: list[NextInLine] = Field(description="growing numbers of customers")
    least_group: int = Field(description="positive customers below which no rate is given")
    fairness: list[FairnessRow] = Field(description="one row a group and ranker")
