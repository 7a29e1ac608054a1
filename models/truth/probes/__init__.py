"""Probes: small classifiers that may only see what must NOT tell laundering apart.

The artefact probe sees how the data were made: ids, order, seconds, devices, openings,
digits, the tempo of a customer's own life. The payment probes see single payments, within
strata of like payments; the cell lookup sees words and parties alone. The look-alike probe
sees what a scheme shares with its innocent double. The organiser probe is an oracle that
is taught who plans. Where one of them beats chance, or what the params allow, the
simulator gives its secret away.
"""
