"""T24: virtual gifts of a live-stream platform wash small sums; a streamers' agency looks alike."""

from __future__ import annotations

import numpy as np

from data.typologies import Scene, typology
from data.words import Words
from data.world.calendar import EVENING, LATE

LATE_SHARE = 0.5  # of rounds in which fans watch late at night, else in the evening (assumption)
GIFT, GIFT_ENDS = (4.2, 1.2), (6, 3_288)  # log of the yuan of a gift: median and spread; least and most


def _gifts(scene: Scene, at: np.ndarray, fans: np.ndarray, payee: int) -> float:
    """Fans pay for gifts, which few of them call so; the yuan of all."""
    meant = scene.rng.lognormal(*GIFT, len(fans)).clip(*GIFT_ENDS)
    why = scene.pretext("gift", "goods", "unstated")
    return float(scene.pay(at, fans, payee, meant, "qr", why).sum())


def _shown(scene: Scene, start: int, fans: np.ndarray) -> np.ndarray:
    """When fans pay during a show of two evenings or nights, in order."""
    clock = LATE if scene.rng.random() < LATE_SHARE else EVENING
    return scene.during(start, 2, len(fans), clock, scene.calendar.leisure_weight())


def streamer_agency(scene: Scene) -> None:
    """Fans' top-ups go through a club to the platform, which pays the agency, which pays streamers."""
    rng = scene.rng
    club = scene.newcomers(1)[0] if rng.random() < 0.5 else scene.participants(1)[0]
    is_own = rng.random() < 0.4
    agency = scene.insiders(1, "micro_business")[0] if is_own else scene.outsiders(1, "company")[0]
    firms = scene.outsiders(2, "company")
    platform = int(firms[firms != agency][0])
    streamers = scene.participants(2)
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
        at = _shown(scene, start, fans)
        gifts = _gifts(scene, at, fans, int(club))
        bought = int(scene.after(at[-1], 0.5, 40))
        scene.pay(bought, club, platform, gifts * rng.uniform(0.85, 0.99), "transfer", "goods")
        settled = int(scene.after(bought, 6, 60))
        share = scene.hop(settled, platform, agency, gifts * rng.uniform(0.6, 0.88), "goods")
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

    In one to three rounds 12 to 29 strangers pay for gifts (6 to 3,288 yuan each) to a
    newly opened account, which pays 97 to 99.8 % on to a live-stream
    platform's agent; one to three days later the agent settles 70 to 90 % as "goods" to a
    streamer who banks here and pays nearly all of it to outside persons.
    """
    rng = scene.rng
    fresh = scene.newcomers(1)
    agent = scene.outsiders(1, "company")[0]
    streamers = scene.participants(2)
    streamers = streamers[~np.isin(streamers, fresh)][:1]
    exits = scene.outsiders(int(rng.integers(2, 5)))
    scene.join(fresh, "collector")
    scene.control(np.append(fresh, streamers))
    scene.join(agent, "agent")
    scene.join(streamers, "streamer")
    start = scene.start
    for _ in range(int(rng.integers(1, 4))):
        fans = scene.public(int(rng.integers(12, 30)))
        at = _shown(scene, start, fans)
        gifts = _gifts(scene, at, fans, int(fresh[0]))
        sent = scene.after(at[-1], 0.5, 15)
        scene.pay(sent, fresh[0], agent, gifts * rng.uniform(0.97, 0.998), "transfer", "goods")
        settled = scene.after(sent, 24, 70)
        meant = gifts * rng.uniform(0.7, 0.9)
        got = scene.pay(settled, agent, streamers[0], meant, "transfer", scene.pretext("goods", "payroll"))
        left = scene.after(settled, 3, 24 * scene.pace())
        scene.pay(left, streamers[0], rng.choice(exits), got * rng.uniform(0.97, 0.998), "transfer", "family")
        start = int(scene.after(at[-1], 20, 60))
    scene.give_up(fresh)
