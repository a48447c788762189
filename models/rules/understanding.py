"""The words by which a tenant's message finds its desk [practice: the manual has only the titles]."""

from __future__ import annotations

from models.rules.section import Section


class UnderstandingRules(Section):
    """Words in simplified characters and capitals, as they occur anywhere in a message, blanks left out."""

    denials: tuple[str, ...] = (
        "没有漏水", "没漏水", "不漏水", "不漏了", "没在漏", "漏水已经停", "不是漏水", "没有停电", "没停电",
        "不是停电", "没有着火", "没着火", "没有跳闸", "没跳闸", "不跳闸", "没有被困", "没人被困", "没有冒烟",
        "没冒烟", "跳过一次闸", "之前漏水", "消防楼梯", "消防通道", "消防演习", "个电话", "打电话", "回电话",
        "电话是", "电话多少", "电脑",
    )  # fmt: skip
    """What a sentence names only to say that it is not so, or not now; left out before anything else is looked for."""
    person: tuple[str, ...] = (
        "人工", "真人", "在吗", "有人吗", "经理", "主管", "回个电话", "回电", "给我打电话", "HUMAN", "REALPERSON",
    )  # fmt: skip
    """Who asks for a person gets one, unless the sentence is a fault or a complaint."""
    complaint: tuple[str, ...] = (
        "投诉", "态度", "没人管", "不管", "管不管", "管一管", "太差", "不满意", "噪音", "噪声", "扰民", "太吵",
        "骂人", "很凶", "很冲", "乱收费", "不负责", "负责任", "没人负责", "说法", "抽烟", "吸烟", "占我们",
        "占用我们", "受不了", "什么物业", "什么服务", "没人接", "没人来", "没人影", "天天坏", "反映", "赔", "小费",
        "恶劣", "过分", "骗", "服务差", "对不起我们", "一塌糊涂", "影响工作", "影响很", "装修声", "施工声",
        "说了多少", "说过", "COMPLAIN", "RUDE", "NOISE", "NOISY",
    )  # fmt: skip
    question: tuple[str, ...] = (
        "多少", "几点", "怎么办理", "怎么办", "怎么交", "怎么申请", "怎么算", "怎么预", "怎么登记", "怎么开",
        "怎么走", "怎么收", "如何", "吗", "么？", "嘛", "什么时候", "哪天", "哪里", "在哪", "放哪", "有没有",
        "可不可以", "可以", "能不能", "能否", "是否", "是不是", "为什么", "请问", "咨询", "想问", "问一下", "问下",
        "什么手续", "流程", "多久", "标准", "收费", "还是", "?", "？", "HOW", "WHAT", "WHERE", "WHEN", "ISTHERE",
        "ARETHERE", "CANI", "DOYOU",
    )  # fmt: skip
    asking_first: tuple[str, ...] = (
        "多少钱", "多少", "几点", "收费", "怎么申请", "怎么办理", "流程", "多久", "标准", "费用", "单价", "电话是",
        "年检", "预约", "什么时候", "停水吗", "停电吗", "补办", "办门禁", "HOW", "WHAT",
    )  # fmt: skip
    """Words that make a question of a sentence although it names a fault."""
    settled: tuple[str, ...] = (
        "修好了", "好了", "不漏水了", "来电了", "不用来", "不用了", "已解决", "解决了", "恢复了", "不用修",
    )  # fmt: skip
    """What says that there is nothing left to do."""
    thanks: tuple[str, ...] = (
        "谢", "好的", "好滴", "收到", "嗯", "你好", "您好", "辛苦", "点赞", "早上好", "下午好", "晚上好", "知道了",
        "明白", "哈哈", "再见", "拜拜", "👍", "🙏", "👌", "🌹", "❤", "快乐", "OK", "THANK", "麻烦啦", "行",
    )  # fmt: skip
    trouble: tuple[str, ...] = (
        "坏", "不", "漏", "堵", "没", "停了", "停电", "停水", "停在", "停运", "停机", "停住", "响", "卡住", "卡死",
        "困", "冒", "破", "裂", "掉", "松", "异味", "臭", "味", "修", "滴水", "滴滴", "一直滴", "闪", "断", "跳",
        "烧", "脱", "故障", "失灵", "渗", "爆", "报警", "换", "缺", "虫", "蟑螂", "老鼠", "脏", "满了", "慢", "黑",
        "热的", "声音", "翘", "碎", "抖", "噪", "烂", "湿", "霉", "锈", "过期", "没反应", "打翻", "呕吐", "积水",
        "用完", "滑", "小了", "够", "低", "高了", "黄", "杂音", "反应", "异响", "漫", "溢", "淹", "一滩", "一大滩",
        "FREEZ", "DOWN", "DRIP", "FLICKER", "DIRTY",
    )  # fmt: skip
    repair: tuple[str, ...] = (
        "报修", "报个修", "维修", "修一下", "来修", "帮忙修", "能修", "修理", "坏了", "师傅来", "请师傅", "派人",
        "派师傅", "安排师傅", "安排电工", "断了", "掉了", "掉下来", "打不开", "裂了", "来看", "来查", "处理一下",
        "来人",
    )  # fmt: skip
    """Words that ask for a repair whatever is broken."""
