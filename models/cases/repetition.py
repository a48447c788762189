"""Whether a second message about a fault says anything that the first did not. Pure."""

from __future__ import annotations

import re

from models.cases.intake import clean, folded

_URGING = re.compile(
    r"(?:怎么|为什么|为啥)?还?没(?:有)?(?:来人|人来|来|修好|修)|快(?:点|些|一点)?(?:来|过来|修)?(?:人|看看|修)?|赶紧|赶快|尽快"
    r"|马上|立刻|速来|来人|麻烦(?:您|你)?|请(?:您|你)?|师傅|帮忙|帮|看(?:一?下|看)|修(?:一?下|修)|在吗|你好|您好|谢谢|报修"
    r"|我们(?:公司|这里|这边|这儿|办公室)?|我(?:这里|这边|这儿)?|还是|仍然|又|已经|就是|真的|都|还|的|了|啊|呀|吧|呢|吗|哦|哈|嘛|喂"
)
_MOSTLY = 0.8
"""The share of characters that must have been there before [practice]."""


def says_nothing_new(before: str, after: str) -> bool:
    """Whether what stands in `after`, without urging and politeness, stood in `before` already."""
    known, said = _substance(before), _substance(after)
    numbers = set(re.findall(r"\d+", said)) - set(re.findall(r"\d+", known))
    if numbers:
        return False
    return sum(char in known for char in said) >= _MOSTLY * len(said)


def _substance(text: str) -> str:
    """The characters that mean something."""
    plain = _URGING.sub("", folded(clean(text)))
    return "".join(char for char in plain if char.isalnum())
