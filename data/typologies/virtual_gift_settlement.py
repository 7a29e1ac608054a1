"""T24: virtual gifts of a live-stream platform wash small sums; a streamers' agency looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology
from data.words import Words
from data.world.calendar import EVENING, LATE

PACKS = np.array([6, 18, 30, 68, 98, 198, 328, 648, 1_298, 3_288])  # what platforms sell gifts for
LIKELY = np.array([0.12, 0.13, 0.14, 0.16, 0.15, 0.13, 0.09, 0.05, 0.02, 0.01])


def streamer_agency(scene: Scene) -> None:
    """Fans' top-ups go through a club to the platform, which pays the agency, which pays streamers."""
    rng = scene.rng
    club = scene.newcomers(1)[0] if rng.random() < 0.5 else scene.insiders(1)[0]
    is_own = rng.random() < 0.4
    agency = scene.insiders(1, "micro_business")[0] if is_own else scene.outsiders(1, "company")[0]
    firms = scene.outsiders(2, "company")
    platform = int(firms[firms != agency][0])
    streamers = scene.insiders(2)
    streamers = streamers[streamers != club][:1]
    if is_own:
        streamers = np.append(streamers, scene.outsiders(2))
    scene.join(club, "club")
    scene.join(agency, "agency")
    scene.join(streamers, "streamer")
    friends = scene.outsiders(int(rng.integers(2, 5)))
    start = scene.start
    for _ in range(int(rng.integers(1, 4))):
        fans = scene.public(int(rng.integers(12, 30)))
        at = scene.during(start, 2, len(fans), EVENING, scene.calendar.leisure_weight())
        gifts = scene.pay(at, fans, club, rng.choice(PACKS, len(fans), p=LIKELY).astype(float), "qr", "gift")
        bought = int(scene.after(at[-1], 0.5, 40))
        scene.pay(bought, club, platform, gifts.sum() * rng.uniform(0.85, 0.99), "transfer", "goods")
        settled = int(scene.after(bought, 6, 60))
        share = scene.hop(settled, platform, agency, gifts.sum() * rng.uniform(0.6, 0.88), "goods")
        paid = scene.after(settled, 1, 48, len(streamers))
        parts = scene.slices(share * rng.uniform(0.75, 0.95), len(streamers), 5.0)
        parts = scene.pay(paid, agency, streamers, parts, "transfer", "payroll")
        own = scene.is_inside(streamers)
        passed = parts[own] * rng.uniform(0.6, 0.99, own.sum())
        scene.pay(
            scene.after(paid[own], 1, 60),
            streamers[own],
            rng.choice(friends, own.sum()),
            passed,
            purpose="family",
        )
        start = int(scene.after(at[-1], 20, 70))


@typology(
    "虚拟礼物结算",
    family="behaviour_change",
    source=Words("T24; novel, held out: no source and no rule", "T24；新型，留作检验：无来源、无规则"),
    look_alike=streamer_agency,
    look_alike_label=("a streamers’ agency", "主播公会结算"),
    roles={"club": ("club", "公会"), "streamer": ("streamer", "主播"), "agent": ("agent", "代理")},
)
def virtual_gift_settlement(scene: Scene) -> None:
    """Virtual-gift settlement.

    In one to three rounds 12 to 29 strangers pay prices of gift packs (6 to 3,288
    yuan) to a newly opened account, which pays 97 to 99.8 % on to a live-stream
    platform's agent; one to three days later the agent settles 70 to 90 % as "goods" to a
    streamer who banks here and pays nearly all of it to outside persons.
    """
    rng = scene.rng
    fresh = scene.newcomers(1)
    agent = scene.outsiders(1, "company")[0]
    streamers = scene.recruits(2)
    streamers = streamers[~np.isin(streamers, fresh)][:1]
    exits = scene.outsiders(int(rng.integers(2, 5)))
    scene.join(fresh, "collector")
    scene.control(np.append(fresh, streamers))
    scene.join(agent, "agent")
    scene.join(streamers, "streamer")
    start = scene.start
    for _ in range(int(rng.integers(1, 4))):
        fans = scene.public(int(rng.integers(12, 30)))
        at = scene.during(start, 2, len(fans), LATE, scene.calendar.leisure_weight())
        meant = rng.choice(PACKS, len(fans), p=LIKELY).astype(float)
        gifts = scene.pay(at, fans, fresh[0], meant, "qr", "gift").sum()
        sent = scene.after(at[-1], 0.5, 15)
        scene.pay(sent, fresh[0], agent, gifts * rng.uniform(0.97, 0.998), "transfer", "goods")
        settled = scene.after(sent, 24, 70)
        meant = gifts * rng.uniform(0.7, 0.9)
        got = scene.pay(settled, agent, streamers[0], meant, "transfer", scene.pretext("goods", "payroll"))
        left = scene.after(settled, 3, 24 * scene.pace())
        scene.pay(left, streamers[0], rng.choice(exits), got * rng.uniform(0.97, 0.998), "transfer", "family")
        start = int(scene.after(at[-1], 20, 60))
    scene.give_up(fresh)
