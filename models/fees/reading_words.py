"""The answers to meter readings as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.fees.bill_lines import plain
from models.fees.reading_intake import Intake, Question
from models.messages.content import Button, Content

MOST_BUTTONS = 6
_MOST_ROWS = 10


def intake_content(intake: Intake, missing: int) -> Content:
    """One answer to any number of lines."""
    parts = [_head(intake), *_corrected(intake)]
    if intake.reanchored:
        parts.append("补录后重新计算：\n" + "\n".join(f"· {each}" for each in intake.reanchored[:_MOST_ROWS]))
    if intake.questions:
        parts.append(_questions(intake.questions))
    if intake.problems:
        rows = [f"第 {each.position} 行“{each.text}”：{each.reason}" for each in intake.problems[:_MOST_ROWS]]
        if len(intake.problems) > _MOST_ROWS:
            rows.append(f"……另有 {len(intake.problems) - _MOST_ROWS} 行有误，改好上面的再发。")
        parts.append(f"未记（{len(intake.problems)}）：\n" + "\n".join(rows))
    parts.append(f"本月还缺 {missing} 块表，发送“缺抄”查看。" if missing else "本月已全部抄齐。")
    return _content("\n".join(parts), intake.questions, f"{intake.month.label}抄表")


def questions_content(questions: Sequence[Question]) -> Content:
    """What still waits for an answer."""
    return _content(_questions(questions, listed=True), questions, "待确认读数")


def missing_text(label: str, missing: Mapping[str, Sequence[str]]) -> str:
    """Missing meters by building; long lists are cut, the numbers are not."""
    total = sum(len(meters) for meters in missing.values())
    if not total:
        return f"{label}已全部抄齐。"
    rows = []
    for building, meters in missing.items():
        more = "……" if len(meters) > _MOST_ROWS else ""
        rows.append(f"{building}（{len(meters)}）：{'、'.join(meters[:_MOST_ROWS])}{more}")
    cut = any(len(meters) > _MOST_ROWS for meters in missing.values())
    hint = f"\n看一栋的全部，例如发送“缺抄 {next(iter(missing))}”。" if cut else ""
    return f"{label}还缺 {total} 块表：\n" + "\n".join(rows) + hint


def building_text(label: str, building: str, meters: Sequence[str]) -> str:
    """All missing meters of one building in walking order, never cut."""
    if not meters:
        return f"{label} {building} 栋已全部抄齐。"
    return f"{label} {building} 栋还缺 {len(meters)} 块表，按路线：\n{'、'.join(meters)}"


def _head(intake: Intake) -> str:
    text = f"{intake.month.label}抄表：已记 {intake.stored} 条"
    if intake.unchanged:
        text += f"，与已记相同 {intake.unchanged} 条"
    if intake.corrected:
        text += f"，其中更正 {len(intake.corrected)} 条"
    if intake.baselines:
        text += f"，首次读数 {intake.baselines} 条（作底数，不计费）"
    return text + "。"


def _corrected(intake: Intake) -> list[str]:
    """What stood there before, so that a slip of the correction is seen at once."""
    rows = [f"更正 {number} {before} → {now}" for number, before, now in intake.corrected[:_MOST_ROWS]]
    more = len(intake.corrected) - _MOST_ROWS
    return [*rows, f"……另有 {more} 条更正"] if more > 0 else rows


def _questions(questions: Sequence[Question], *, listed: bool = False) -> str:
    """listed: they were asked before, so that a picture may have come meanwhile."""
    rows = [
        f"{i}. {each.label} {plain(each.value)}{_photos(each) if listed else ''}：{' '.join(each.doubts)}"
        for i, each in enumerate(questions[:MOST_BUTTONS], start=1)
    ]
    if len(questions) > MOST_BUTTONS:
        rows.append("……处理完再发送“抄表 待确认”看其余。")
    rows.append("读数没错请点“确认”；有误请把该行改好重新发送。")
    return f"请确认（{len(questions)}），确认前不计费：\n" + "\n".join(rows)


def _photos(question: Question) -> str:
    return f"（照片 {question.photos} 张）" if question.photos else "（无照片）"


def _content(text: str, questions: Sequence[Question], title: str) -> Content:
    buttons = tuple(_button(i, question) for i, question in enumerate(questions[:MOST_BUTTONS], start=1))
    return Content(text=text, title=title if buttons else "", buttons=buttons)


def _button(position: int, question: Question) -> Button:
    return Button(f"reading_ok:{question.reading_id}", f"确认{position}" if position > 1 else "确认")
