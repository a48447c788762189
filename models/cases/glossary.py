"""Words of the trade in other spellings: English and traditional characters, as people in the park write them."""

from __future__ import annotations

import re

_ENGLISH = (
    (
        r"POWER (?:OUTAGE|CUT|FAILURE)|POWER (?:IS|WENT) (?:OUT|OFF|DOWN)|NO (?:POWER|ELECTRICITY)|BLACKOUT",
        "停电",
    ),
    (r"TRIPPED|BREAKER", "跳闸"),
    (r"NOT COOL(?:ING)?|NOT COLD", "不冷"),
    (r"AIR[- ]?CON(?:DITION(?:ER|ING))?|A/C|AC(?![A-Z])|HVAC", "空调"),
    (r"(?:WATER )?LEAK(?:S|ING|AGE)?", "漏水"),
    (r"BURST PIPE|PIPE BURST", "爆管"),
    (r"FLOOD(?:ED|ING)?", "水浸"),
    (r"NO WATER", "没水"),
    (r"TOILET", "马桶"),
    (r"TAP|FAUCET", "水龙头"),
    (r"(?:IS |ARE )?(?:CLOGGED|BLOCKED)", "堵"),
    (r"TRAPPED|STUCK IN", "被困"),
    (r"ELEVATOR|LIFT", "电梯"),
    (r"LIGHTS?|LAMP", "灯"),
    (r"SOCKET|OUTLET", "插座"),
    (r"SMOK(?:E|ING)", "冒烟"),
    (r"ON FIRE|FIRE", "着火"),
    (r"GAS (?:LEAK|SMELL)|SMELL OF GAS", "燃气"),
    (r"WI-?FI|INTERNET|NETWORK", "网络"),
    (r"LOCK", "锁"),
    (r"DOOR", "门"),
    (r"WINDOW", "窗"),
    (r"GLASS", "玻璃"),
    (r"COCKROACH(?:ES)?|ROACH(?:ES)?", "蟑螂"),
    (r"GARBAGE|TRASH", "垃圾"),
    (r"SMELLS?", "异味"),
    (r"ASAP|URGENT(?:LY)?", "尽快"),
    (r"BROKEN|NOT WORKING|DOESN'?T WORK|OUT OF ORDER", "坏"),
)

ENGLISH = tuple((re.compile(rf"(?<![A-Z])(?:{pattern})(?![A-Z])"), chinese) for pattern, chinese in _ENGLISH)
"""Patterns over upper-case text, longest expressions first, and the word that stands in `rules.repair`."""

TRADITIONAL = str.maketrans(
    "電樓層調門鎖燈關開壞緊網絡馬頭龍熱氣煙災車庫廁間單號棟線燒斷閘滲蟲異監對講盡來維報沒響裡這個話無裝換緩難聞濕牆紙廢區廳風機盤訴請問費標準應該"
    "為麼時從現發過還會說讓誰幫員業務證認識點樣們給處辦動東邊長聲臺灣後當貴賬帳繳據約買賣嗎國語書寫見覺聽聯繫經濟總張錢銀殺貓蟻飲廚備設檢運轉輕陽"
    "陰進遠連遲達選遙郵釘針鐵銹鏈鏡鍵閃陳陸險隨雙雜離雲頂項順預領題額顏類顯飛館驗鬆體齊壓縮衛潔淨髒嘔倉優條價擋攔環護損擴擾謝樂歡",
    "电楼层调门锁灯关开坏紧网络马头龙热气烟灾车库厕间单号栋线烧断闸渗虫异监对讲尽来维报没响里这个话无装换缓难闻湿墙纸废区厅风机盘诉请问费标准应该"
    "为么时从现发过还会说让谁帮员业务证认识点样们给处办动东边长声台湾后当贵账账缴据约买卖吗国语书写见觉听联系经济总张钱银杀猫蚁饮厨备设检运转轻阳"
    "阴进远连迟达选遥邮钉针铁锈链镜键闪陈陆险随双杂离云顶项顺预领题额颜类显飞馆验松体齐压缩卫洁净脏呕仓优条价挡拦环护损扩扰谢乐欢",
)
"""Characters of fault reports; a whole dictionary is not needed to tell a lift from a lamp."""
