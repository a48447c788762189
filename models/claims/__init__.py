"""Insurance claims (保险理赔): facts, clocks, evidence and gates of a loss [manual 四.11]."""

import models.cases  # first: its workflows are put together from modules of this package  # noqa: F401
