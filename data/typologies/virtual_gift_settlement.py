"""T24: virtual gifts of a live-stream platform wash small sums; a streamers' agency looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology
from data.world.calendar import LATE

PACKS = np.array([30, 68, 98, 198, 328, 648, 1_298, 3_288])  # what platforms sell gifts for
LIKELY = np.array([0.1, 0.12, 0.16, 0.18, 0.16, 0.14, 0.1, 0.04])


def streamer_agency(scene: Scene) -> None:
    """Fans' top-ups go through a club to the platform, which pays the agency, which pays streamers."""
    rng = scene.rng
    club = scene.newcomers(1)[0] if rng.random() < 0.5 else scene.insiders(1)[0]
    agency = scene.insiders(1, "company" if rng.random() < 0.5 else "micro_business")[0]
    platform = scene.outsiders(1, "company")
    streamers = scene.insiders(int(rng.integers(2, 5))) if rng.random() < 0.5 else scene.newcomers(3)
    streamers = streamers[streamers != club]
    scene.join(club, "club")
    scene.join(agency, "agency")
    scene.join(streamers, "streamer")
    friends = scene.outsiders(int(rng.integers(2, 5)))
    start = scene.start
    for _ in range(int(rng.integers(1, 4))):
        fans = scene.outsiders(int(rng.integers(15, 36)))
        at = scene.during(start, 2, len(fans), LATE, scene.calendar.leisure_weight())
        gifts = rng.choice(PACKS, len(fans), p=LIKELY).astype(float)
        scene.pay(at, fans, club, gifts, "qr", scene.stated("shopping", 0.4))
        bought = at[-1] + int(scene.later(0.5, 40))
        spent = scene.rounded(gifts.sum() * rng.uniform(0.85, 0.99))
        scene.pay(bought, club, platform, spent, "transfer", scene.stated("goods", 0.5))
        settled = bought + int(scene.later(6, 60))
        share = float(scene.rounded(gifts.sum() * rng.uniform(0.6, 0.88)))
        scene.pay(settled, platform, agency, share, "transfer", scene.stated("goods", 0.7))
        paid = settled + scene.later(1, 48, len(streamers))
        parts = scene.slices(share * rng.uniform(0.75, 0.95), len(streamers), 5.0)
        scene.pay(paid, agency, streamers, parts, "transfer", scene.stated("goods", 0.5))
        passed = scene.rounded(parts * rng.uniform(0.6, 0.97, len(parts)))
        to = rng.choice(friends, len(parts))
        scene.pay(paid + scene.later(1, 60, len(parts)), streamers, to, passed)
        start = int(at[-1] + scene.later(20, 70))


@typology(
    "虚拟礼物结算",
    family="behaviour_change",
    source="T24; novel, held out: no source and no rule",
    look_alike=streamer_agency,
)
def virtual_gift_settlement(scene: Scene) -> None:
    """Virtual-gift settlement.

    In one to three rounds 15 to 35 strangers pay prices of gift packs (30 to 3,288
    yuan) to one to three newly opened accounts, which pay 93 to 99 % on to a
    live-stream platform's agent; one to three days later the agent settles 70 to 90 %
    as "goods" to two or three streamers, who pay nearly all of it to outside persons.
    """
    rng = scene.rng
    scene.start = scene.moment_between(scene.first_day, scene.calendar.days - 20)
    fresh = scene.newcomers(int(rng.integers(1, 4)))
    agent = scene.outsiders(1, "company")
    streamers = scene.recruits(int(rng.integers(5, 7)))
    streamers = streamers[~np.isin(streamers, fresh)][: int(rng.integers(2, 4))]
    exits = scene.outsiders(int(rng.integers(2, 5)))
    scene.join(fresh, "collector")
    scene.control(fresh)
    scene.join(agent, "agent")
    scene.join(streamers, "streamer")
    start = scene.warm_up(fresh)
    for _ in range(int(rng.integers(1, 4))):
        fans = scene.outsiders(int(rng.integers(15, 36)))
        at = scene.during(start, 2, len(fans), LATE, scene.calendar.leisure_weight())
        gifts = rng.choice(PACKS, len(fans), p=LIKELY).astype(float)
        taker = fresh[np.arange(len(fans)) % len(fresh)]
        scene.pay(at, fans, taker, gifts, "qr", scene.stated("shopping", 0.3))
        for one in fresh:
            held = gifts[taker == one].sum()
            sent = np.maximum(scene.rounded(held * rng.uniform(0.94, 0.99)), held * 0.93)
            scene.pay(at[-1] + scene.later(0.5, 15), one, agent, sent, "transfer", scene.stated("goods", 0.4))
        settled = at[-1] + int(scene.later(24, 70))
        parts = scene.slices(gifts.sum() * rng.uniform(0.7, 0.9), len(streamers), 5.0)
        scene.pay(settled + scene.later(0.1, 2, len(parts)), agent, streamers, parts, "transfer", "goods")
        passed = np.maximum(scene.rounded(parts * rng.uniform(0.92, 0.98, len(parts))), parts * 0.9)
        left = settled + scene.later(3, 24 * scene.pace(), len(parts))
        scene.pay(left, streamers, rng.choice(exits, len(parts)), passed)
        start = int(at[-1] + scene.later(20, 60))
    scene.give_up(fresh)
