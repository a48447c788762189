"""The members of the sample park's service centre [manual 一, 二]. All invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """One member; `shift` names a pattern in config.yaml."""

    userid: str
    name: str
    department: str
    roles: str
    shift: str
    mobile: str


MEMBERS: tuple[Member, ...] = (
    Member("linfang", "林芳", "客户服务部", "客服经理", "office", "13900020001"),
    Member("zhoumin", "周敏", "客户服务部", "客服专员", "early", "13900020002"),
    Member("xieyu", "谢雨", "客户服务部", "客服主管", "office", "13900020003"),
    Member("yuqing", "于晴", "客户服务部", "客服专员", "late", "13900020004"),
    Member("panjun", "潘军", "客户服务部", "客服专员", "early", "13900020005"),
    Member("songjia", "宋佳", "客户服务部", "客服助理", "office", "13900020006"),
    Member("tianle", "田乐", "客户服务部", "前台", "office", "13900020007"),
    Member("heting", "何婷", "客户服务部", "收费员", "office", "13900020008"),
    Member("wangqiang", "王强", "工程部", "技工", "office", "13900020009"),
    Member("zhaolei", "赵磊", "工程部", "技工", "office", "13900020010"),
    Member("liuyan", "刘燕", "工程部", "工程文员", "office", "13900020011"),
    Member("gaopeng", "高鹏", "工程部", "工程主管", "office", "13900020012"),
    Member("niugang", "牛刚", "工程部", "技工", "late", "13900020013"),
    Member("chenjing", "陈静", "财务部", "财务主管", "office", "13900020014"),
    Member("sunli", "孙丽", "财务部", "出纳员", "office", "13900020015"),
    Member("zhangwu", "张武", "保安部", "保安", "early", "13900020016"),
    Member("lihu", "李虎", "保安部", "保安", "late", "13900020017"),
    Member("fanwen", "范文", "行政人事部", "行政人事", "office", "13900020018"),
    Member("zhengwei", "郑伟", "总办", "项目经理", "office", "13900020019"),
)

AREAS = (("A", "zhoumin"), ("B", "panjun"), ("C", "yuqing"))
"""Building and who brings its letters."""
