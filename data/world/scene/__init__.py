"""The scene on which one scheme is drawn: who may play, when it starts, what is paid.

A plan says what is paid when, how much and what for, really or as a pretext; words and digits
are those of everybody (`data.world.expression`). Its people are ordinary customers whose own
lives go on beside it. Each part of a scene is a module: its time, its people, its sums and
pretexts, its payments, its members.
"""

from __future__ import annotations

import numpy as np

from data.world.flows import LIFE, NO_SCHEME, Flow
from data.world.intents import as_flow
from data.world.scene.amounts import Amounts
from data.world.scene.casting import Casting
from data.world.scene.membership import Membership
from data.world.scene.timing import Timing


class Scene(Timing, Casting, Amounts, Membership):
    """Draws and collects the payments and members of one scheme; its parameters are those of `Stage`."""

    @staticmethod
    def all_flows(scenes: list[Scene]) -> Flow:
        """The payments of many scenes at once; ``scheme`` is the number of the scene, that of life is none.

        Shapes come first, then proceeds, then life: what is drawn for each payment in this
        order (`Adaptation`) is the same for a shape whatever goes on beside the plans.
        """
        numbered = [(number, intent) for number, scene in enumerate(scenes) for intent in scene.intents]
        numbered.sort(key=lambda pair: pair[1].part)
        scheme = [NO_SCHEME if intent.part == LIFE else number for number, intent in numbered]
        return as_flow([intent for _, intent in numbered], np.array(scheme, np.int64))
