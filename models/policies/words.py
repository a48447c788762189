"""What chat says of policies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.fees.money import yuan
from models.policies.hints import PROVISO, exclusions_of, may_apply, riders_for
from models.policies.policy import Policy, replaced
from models.rules import ClaimRules

NONE_YET = "还没有登记保单。请在导入表的“保单”一页填好后导入。"


def loss_meant(text: str, rules: ClaimRules) -> str:
    """The kind of loss a text speaks of; "" when it names a policy (财产一切险), or none."""
    if not text or "险" in text:
        return ""
    named = (
        kind
        for kind, known in rules.kinds.items()
        if kind.startswith(text) or any(word in text for word in (kind, *known.words))
    )
    return next(named, "")


def object_meant(text: str, rules: ClaimRules) -> str:
    """What is hurt (公共财产, 第三者责任 …), where the text names that instead of a kind of loss; "" for none."""
    return next((thing for thing in rules.objects if thing in text and "险" not in text), "")


def policies_of(policies: Sequence[Policy], thing: str, rules: ClaimRules) -> list[Policy]:
    """The policies to ask about losses of a thing: by its kinds of loss, and liability by the name of the policy."""
    kinds = {kind for kind, known in rules.kinds.items() if known.object == thing}
    return [
        policy
        for policy in policies
        if kinds & set(policy.losses) or ("责任" in thing and "责任" in policy.name)
    ]


def object_text(policies: Sequence[Policy], thing: str, rules: ClaimRules) -> str:
    """Whom to call about losses of a thing; what may be left out depends on what happened."""
    found = policies_of(policies, thing, rules)
    if not found:
        return f"{thing}：没有登记可以问的保单。请照常保护现场、拍照并报告客服部。"
    lines = [f"{thing}（主责 {rules.objects[thing]}）：可以问下面的保单，{PROVISO}。"]
    for policy in found:
        lines += [
            f"· {hotline_line(policy)}",
            f"　免赔：{deductible_text(policy)}；报案时限：{report_term(policy)}",
        ]
    return "\n".join([*lines, "可能除外的情形按事故看，例如：保单 玻璃。"])


def list_text(policies: Sequence[Policy], today: date) -> str:
    """Every policy that runs or is to begin, with its hotline; the ended ones are only counted."""
    live = [policy for policy in policies if policy.end_on >= today]
    lines = [f"【保单】{len(live)} 份在保"]
    lines += [
        f"· {policy.label}｜{policy.insurer} 报案 {policy.hotline}｜{_period(policy, list(policies), today)}"
        for policy in live
    ]
    if ended := len(policies) - len(live):
        lines.append(f"另有 {ended} 份已到期。")
    return "\n".join([*lines, "看一份：保单 财产。出险看哪一份：保单 玻璃。"])


def _period(policy: Policy, everything: list[Policy], today: date) -> str:
    if policy.start_on > today:
        return f"{policy.start_on} 起"
    left = (policy.end_on - today).days
    if left > 60 or replaced(policy, everything):
        return f"至 {policy.end_on}"
    return f"至 {policy.end_on}（还有 {left} 天，未续保）"


def detail_text(policy: Policy) -> str:
    """All that was entered about one policy."""
    lines = [
        f"【{policy.name}】{policy.number}",
        f"保险公司：{policy.insurer}",
        f"报案电话：{policy.hotline}",
        f"业务联系人：{_contact(policy)}",
        f"被保险人：{policy.holder or '未登记'}",
        f"承保标的：{policy.insured or '未登记'}",
        f"保险金额：{yuan(policy.sum_fen)} 元",
        f"免赔：{deductible_text(policy)}",
        f"保险期间：{policy.start_on} 至 {policy.end_on}",
        f"报案时限：{report_term(policy)}",
        f"附加险：{'、'.join(policy.riders) or '无'}",
        f"出险可问：{'、'.join(policy.losses)}",
    ]
    if policy.exclusions:
        lines.append(f"载明除外：{policy.exclusions}")
    return "\n".join(lines)


def _contact(policy: Policy) -> str:
    return f"{policy.contact_name} {policy.contact_phone}".strip() or "未登记"


def deductible_text(policy: Policy) -> str:
    """Amount and words together."""
    amount = f"每次 {yuan(policy.deductible_fen)} 元" if policy.deductible_fen else ""
    return f"{amount}{policy.deductible_note}" or "未登记"


def report_term(policy: Policy) -> str:
    """How soon the insurer wants to hear of a loss."""
    if policy.report_hours is None:
        return "保单未写明，按 12 小时内"
    return f"{policy.report_hours} 小时内"


def hotline_line(policy: Policy) -> str:
    """What to dial, with the number to give."""
    return f"{policy.name}：{policy.insurer} 报案电话 {policy.hotline}，保单号 {policy.number}"


def advice_text(policies: Sequence[Policy], loss: str) -> str:
    """Which policies may be asked about a loss, whom to call, and what may be left out."""
    found = may_apply(policies, loss)
    if not found:
        return f"{loss}：没有登记可以问的保单。请照常保护现场、拍照并报告客服部，由客服部向保险公司业务联系人问清。"
    lines = [f"{loss}：可以问下面的保单，{PROVISO}。"]
    for policy in found:
        lines += [f"· {hotline_line(policy)}", *policy_hints(policy, loss)]
    return "\n".join(lines)


def cautions(policies: Sequence[Policy], loss: str) -> list[str]:
    """For cards: the first thing each policy may leave out of such a loss."""
    found = [(policy, text) for policy in policies for text in exclusions_of(policy, loss)[:1]]
    return [f"留意（{policy.name}）：{text}；{PROVISO}。" for policy, text in found]


def policy_hints(policy: Policy, loss: str) -> list[str]:
    """Term, deductible, rider and possible exclusions, one per line."""
    lines = [f"　免赔：{deductible_text(policy)}；报案时限：{report_term(policy)}"]
    if riders := riders_for(policy, loss):
        lines.append(f"　有附加险：{'、'.join(riders)}，条件请问保险公司")
    return [*lines, *(f"　留意：{text}。" for text in exclusions_of(policy, loss))]
