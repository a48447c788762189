"""Words of the trade in other spellings: English and traditional characters, as people in the park write them."""

from __future__ import annotations

import re

_ENGLISH = (
    (r"POWER (?:OUTAGE|CUT|FAILURE)|NO (?:POWER|ELECTRICITY)|BLACKOUT", "停电"),
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
    "電樓層調門鎖燈關開壞緊網絡馬頭龍熱氣煙災車庫廁間單號棟線燒斷閘滲蟲異監對講盡來維報沒響裡這個話無裝換掉緩難聞濕牆紙廢梯區廳",
    "电楼层调门锁灯关开坏紧网络马头龙热气烟灾车库厕间单号栋线烧断闸渗虫异监对讲尽来维报没响里这个话无装换掉缓难闻湿墙纸废梯区厅",
)
"""Characters of fault reports; a whole dictionary is not needed to tell a lift from a lamp."""
