"""The edge of the house: somebody else's file is scored here, once or by a service.

No room: nothing flows out of it into the pipeline. It may use every room, and none may use it,
so it can put together what the law of flow keeps apart: features, a model, reasons and pages.
"""
