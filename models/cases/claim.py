"""Insurance claims (保险理赔) as data: 出险 → 报险 → 定损 → 提交 → 核定 → 赔付 → 结案 [manual 四.11, flow chart].

What must happen beside this line (somebody on the scene, police, papers, consent) are moves that stay where they are:
a loss does not wait for one of them before another can be noted. Their clocks are duties (models.claims.duty), their
facts are written by effects (models.claims.effects), their locks are gates (models.claims.gates).
"""

from __future__ import annotations

from models.cases.workflow import Move, Need, Right, State, Workflow
from models.claims import after_loss, amending, effects, gates
from models.claims.ringing import ring

SCENE = ("alarmed", "notified", "surveyed")
"""States in which the scene still matters."""
OPEN_CLAIM = (*SCENE, "submitted", "decided", "refused", "objecting", "paid")
"""States in which somebody still has to work."""

_ALL = (Right.CLAIM,)
_REPORTER = (Right.CLAIM_OPEN, Right.CLAIM)
"""Whoever raised the alarm may be the only one on the scene."""
_LEAD = (Right.CLAIM_LEAD,)

STATES = (
    State("alarmed", "已出险，现场处置"),
    State("notified", "已报险，待查勘"),
    State("surveyed", "已查勘定损，备资料"),
    State("submitted", "资料已提交，待核定"),
    State("decided", "已核定，待赔付"),
    State("refused", "已拒赔"),
    State("objecting", "异议中"),
    State("paid", "已赔付，待结案"),
    State("settled", "已结案", final=True),
    State("dropped", "已撤案", final=True),
)

MOVES = (
    Move("到场", OPEN_CLAIM, "", _REPORTER, "到了现场，附照片或位置", effects=(effects.arrive,)),
    Move("报警", OPEN_CLAIM, "", _ALL, "已向警方报案，写回执号并拍回执", example="杭公（科）受字12号",
         effects=(effects.tell_police,)),
    Move("报险", ("alarmed",), "notified", _ALL, "向保险公司报案，写它给的报案号", example="RD20260316001",
         effects=(effects.tell_insurer,)),
    Move("报告", OPEN_CLAIM, "", _ALL, "把《特别事件报告》交总办，写已采取的措施", example="已关总阀并抽水",
         effects=(effects.send_report,)),
    Move("出险通知书", OPEN_CLAIM, "", _ALL, "已把《出险通知书》交保险公司，写交给谁", example="交李经理",
         effects=(effects.hand_in_notice,)),
    Move("估损", OPEN_CLAIM, "", _ALL, "维修前先估价并告诉保险公司", example="12000 李经理", effects=(effects.estimate,)),
    Move("同意", OPEN_CLAIM, "", _ALL, "保险公司同意清理、维修或和解，写谁同意的",
         example="清理 维修 李经理电话同意", effects=(effects.note_consent,)),
    Move("抢修", SCENE, "", _ALL, "来不及等同意，先拍照、留残件再抢修，写原因",
         needs=(Need.NOTE,), example="不修要继续漏水",
         gates=(gates.urgent_repair_may_begin,), effects=(effects.begin_urgent_repair,)),
    Move("清理", OPEN_CLAIM, "", _ALL, "清理现场、处理残余物资", gates=(gates.scene_may_be_cleared,)),
    Move("和解", OPEN_CLAIM, "", _LEAD, "给第三方的和解文字，须先有保险公司同意",
         needs=(Need.NOTE,), example="对方赔偿 2000 元",
         gates=(gates.settlement_may_be_offered,), effects=(effects.offer_settlement,)),
    Move("定损", ("notified", "surveyed"), "surveyed", _ALL, "保险公司已查勘",
         needs=(Need.NOTE,), example="李经理现场查勘", effects=(effects.note_survey,)),
    Move("提交", ("surveyed", "objecting"), "submitted", _ALL, "索赔资料已交保险公司", example="快递 SF123",
         effects=(after_loss.hand_in_papers,)),
    Move("核定", ("submitted", "objecting"), "decided", _LEAD, "保险公司核定的金额", needs=(Need.AMOUNT,), example="9800",
         effects=(after_loss.take_decision,)),
    Move("协议", ("submitted", "decided", "objecting"), "", _LEAD, "与保险公司谈妥赔多少，十天付款的期限开始算",
         needs=(Need.AMOUNT,), example="9800", effects=(after_loss.agree,)),
    Move("拒赔", ("notified", "surveyed", "submitted", "objecting"), "refused", _LEAD, "保险公司拒赔，写它给的理由",
         needs=(Need.NOTE,), example="免责条款第三条", effects=(after_loss.take_refusal,)),
    Move("异议", ("decided", "refused"), "objecting", _LEAD, "不同意核定或拒赔",
         needs=(Need.NOTE,), example="水渍在保障范围"),
    Move("赔付", ("submitted", "decided", "objecting", "paid"), "paid", _LEAD, "赔款到账",
         needs=(Need.AMOUNT,), example="9800", effects=(after_loss.take_payment,)),
    Move("结案", ("paid", "refused"), "settled", _LEAD, "了结，归档", gates=(gates.duties_are_named,),
         effects=(after_loss.stop_clocks,)),
    Move("撤案", OPEN_CLAIM, "dropped", _LEAD, "不索赔，写原因",
         needs=(Need.NOTE,), example="损失低于免赔额", gates=(gates.duties_are_named,),
         effects=(after_loss.stop_clocks,)),
    Move("材料", OPEN_CLAIM, "", _ALL, "看索赔材料缺什么，点选后拍照存入", example="报价单",
         effects=(after_loss.file_paper,)),
    Move("补料", OPEN_CLAIM, "", _ALL, "记下保险公司要求补的材料，交后发“补料 单号 已交”", example="维修发票原件",
         effects=(after_loss.ask_for_papers,)),
    Move("金额", OPEN_CLAIM, "", _ALL, "损失、索赔、免赔、施救费等各记各的", example="施救费 800 抽水泵",
         effects=(after_loss.keep_amount,)),
    Move("第三方", OPEN_CLAIM, "", _ALL, "登记第三方的姓名、电话和他说的话", example="王先生 13800010002 愿意赔 2000 元现金",
         effects=(after_loss.keep_third_party,)),
    Move("说明", OPEN_CLAIM, "", _ALL, "说明错过时限的原因", example="报险 人手不足", effects=(effects.name_reason,)),
    Move("补充", OPEN_CLAIM, "", _REPORTER, "补充或更正原因、损失、时间、地点等", example="原因 水管老化爆裂",
         effects=(amending.amend,)),
    Move("损失", OPEN_CLAIM, "", _ALL, "逐项登记受损物品，一行一项：名称 数量 原值 估损", example="办公桌 2张 3000 1500",
         effects=(effects.list_damage,)),
    Move("照片", OPEN_CLAIM, "", _REPORTER, "现场照片存入，点选内容", effects=(effects.keep_photo,)),
    Move("关联", OPEN_CLAIM, "", _ALL, "把报修单归到这次出险，受同一把锁", example="R07", effects=(effects.link_repair,)),
    Move("接手", OPEN_CLAIM, "", _ALL, "由我负责这次出险", effects=(effects.take_over,)),
)  # fmt: skip

CLAIM = Workflow(
    name="claim",
    label="保险理赔",
    letter="L",
    opening="出险",
    states=STATES,
    moves=MOVES,
    timers=(),
    on_due=ring,
)
