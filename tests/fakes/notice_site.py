"""Serves the notice templates with made-up facts, to look at the pages by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

PAGES = Path(__file__).parents[2] / "bot" / "pages"
HOSTILE_NAME = "<script>window.hacked=1</script>星河“设计”有限公司 ✨"
CSRF = "c5rf"
NOTICE: dict[str, Any] = {
    "number": "JF-2026-11-0007",
    "kind_label": "缴费通知单",
    "tenant": HOSTILE_NAME,
    "period": "2026年11月",
    "lines": [
        {"name": "物业服务费", "basis": "建筑面积 120.50 ㎡ × 8.00 元/㎡·月", "amount": "964.00"},
        {"name": "电费", "basis": "表 D301 9,812 → 10,260 · 448 kWh × 0.82 元", "amount": "367.36"},
        {"name": "水费", "basis": "表 W301 305 → 318 · 13 m³ × 4.10 元", "amount": "53.30"},
        {"name": "公共能耗分摊", "basis": "公摊 1,204 kWh，按面积 2.5%", "amount": "24.84"},
    ],
    "total": "1,409.50",
    "total_words": "人民币壹仟肆佰零玖元伍角整",
    "due_on": "2026年12月14日",
    "void": False,
    "remark": "",
    "pay": [
        {"what": "户名", "value": "园区物业管理有限公司"},
        {"what": "开户行", "value": "示例银行园区支行"},
        {"what": "账号", "value": "6200 0000 0000 0000"},
        {"what": "转账备注", "value": "JF-2026-11-0007"},
    ],
}


class NoticeSite:
    """One notice at /n/good, and one page of words per kind at /n/<kind>."""

    def __init__(self) -> None:
        loader = FileSystemLoader(PAGES)
        self._jinja = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        self.signed: dict[str, str] | None = None

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/n/good", self._show)
        app.router.add_post("/n/good", self._sign)
        app.router.add_get("/n/{kind}", self._message)
        return app

    def render(self, template: str, **context: Any) -> web.Response:
        text = self._jinja.get_template(template).render(park="创意产业园", phone="0571-8800 0000", **context)
        return web.Response(text=text, content_type="text/html")

    def _notice(self, form: dict[str, str], errors: dict[str, str]) -> web.Response:
        facts = {"notice": NOTICE, "pdf_url": "/n/good.pdf", "csrf": CSRF, "paid": False}
        return self.render("notice.html", **facts, signed=self.signed, form=form, errors=errors)

    async def _show(self, _: web.Request) -> web.Response:
        return self._notice({"name": "", "role": "", "mobile_tail": ""}, {})

    async def _sign(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        errors = {}
        if not form["name"]:
            errors["name"] = "请填写签收人姓名。"
        if not form["role"]:
            errors["role"] = "请选择您的身份。"
        if form["mobile_tail"] != "0001":
            errors["mobile_tail"] = "与登记的手机号不符，请核对后四位。"
        if form["csrf"] != CSRF:
            errors["form"] = "页面已过期，请刷新后重试。"
        if not errors:
            self.signed = {"name": form["name"], "role": form["role"], "at": "2026年11月27日 10:12"}
        return self._notice(form, errors)

    async def _message(self, request: web.Request) -> web.Response:
        return self.render("message.html", kind=request.match_info["kind"], text="")
