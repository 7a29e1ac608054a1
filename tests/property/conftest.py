"""The same examples every time: a property that fails once fails again.

Examples of whole stages are slow, so a failing one is shown as drawn and not shrunk.
"""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "spec",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("spec")
