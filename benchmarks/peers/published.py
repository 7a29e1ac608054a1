"""Figures that others published, or that their own code gave on the same files, beside ours.

AMLworld: Altman et al. 2023, Egressy et al. 2024, FraudGT, MEGA-GNN, ExSTraQt and
real-time-anti-money, as they report them. AMLGentex and AMLSim's Python port: peers' own code and
defaults, and LightGBM without tuning, run on the same files and splits. Elliptic: Weber et al. 2019
and arXiv 2604.19514.
"""

from __future__ import annotations

AMLSIM_PAPER = (
    ("Multi-GNN GIN, all four adaptations, 14 of 100 epochs (sees later test edges)", ".618", ".667"),
    ("Multi-GNN PNA, 6 epochs (sees later test edges)", ".488", ".676"),
    ("LightGBM, raw columns", ".004", ".01"),
    ("LightGBM, rolling features strictly before the day", ".844", ".777"),
    ("LightGBM, rolling features, the same day included", ".888", ".845"),
)
AMLGENTEX = (
    ("logistic regression", ".827", ".334"),
    ("random forest", ".933", ".205"),
    ("gradient boosting", ".906", ".197"),
    ("MLP", ".919", ".345"),
    ("GCN", ".862", "not published"),
    ("GraphSAGE", ".957", ".261"),
    ("LightGBM, simple flow and one-hop features", ".967", ".157"),
    ("LightGBM, the same, windows of equal length", "does not apply", ".456"),
    (
        "LightGBM, simple, one-hop and AMLGentex's columns without spending and balance",
        ".739",
        "not measured",
    ),
    ("no model: was positive before", "does not apply", ".374"),
)
AMLWORLD = (
    ("LightGBM, raw columns", "21.3", "2.1", "18.6", "3.3"),
    ("GIN", "28.7", "7.9", "42.3", "3.9"),
    ("PNA", "56.8", "16.5", "59.7", "27.7"),
    ("GFP + LightGBM", "62.9", "20.8", "59.5", "20.9"),
    ("GFP + XGBoost", "63.2", "27.3", "65.7", "28.2"),
    ("Multi-GIN+EU", "64.8", "26.9", "58.9", "16.3"),
    ("Multi-PNA+EU", "68.2", "33.1", "66.5", "36.1"),
    ("MEGA-PNA (GenAgg)", "74.0 (74.9)", "", "", ""),
    ("PE-FraudGT / Multi-FraudGT", "76.4 / 76.1", "45.8 / 47.0", "74.2 / 75.9", "43.5 / 44.1"),
    ("ExSTraQt 60/20/20 (day split)", "78.9 (80.9)", "42.7 (45.1)", "80.7 (79.9)", "47.7 (45.3)"),
    ("real-time-anti-money, causal LightGBM, F1 at 0.5 / at validation threshold", "68.1 / 74.0", "", "", ""),
    ("real-time-anti-money, causal GNN, F1 at validation threshold", "73.2", "", "", ""),
)
AMLWORLD_FILES = ("HI-Small", "LI-Small", "HI-Medium", "LI-Medium")
SAML_D = (
    ("rules", ".0015"),
    ("logistic regression", ".197"),
    ("CatBoost", ".875"),
    ("GraphSAGE", ".878"),
    ("RGCN", ".903"),
    ("GAT", ".948"),
    ("the minimum endpoint degree alone (a shortcut)", ".894"),
)
ELLIPTIC = (
    ("logistic regression", ".481"),
    ("random forest", ".788"),
    ("random forest with node embeddings", ".796"),
    ("MLP", ".653"),
    ("GCN", ".628"),
    ("Skip-GCN", ".705"),
    ("random forest, strictly inductive", ".821"),
)
