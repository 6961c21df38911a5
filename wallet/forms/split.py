"""A form's text as clauses: one statement each, with the line it begins on.

Also undoes what only hides words: full-width letters, spaces and marks inside words, traditional characters
of the words that matter here, and homophones met in such forms.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

PAIRS: Final = (
    "權权費费補补辦办釋释歸归轉转讓让變变價价質质責责擔担訴诉訟讼爭争議议務务過过餘余額额單单說说據据確确屬属與与儲储預预賠赔償偿業业產产規规約约經经營营內内將将無无為为會会員员對对於于後后應应還还"
    "關关條条慨概槪概讬托須须棄弃視视們们個个來来開开門门時时間间問问題题處处從从動动學学習习課课師师醫医療疗診诊證证號号碼码見见現现錢钱財财貨货賣卖買买購购貸贷貼贴資资賬账帳账銀银幣币數数發发髮发"
    "級级給给終终結结絕绝統统續续總总編编緩缓線线練练紅红純纯紙纸細细組组納纳紛纷継继繼继纖纤罰罚羅罗義义聯联聽听職职脫脱臺台葉叶蓋盖藥药虧亏術术衛卫裝装製制複复覺觉覽览觀观計计訂订認认記记許许設设"
    "訪访評评詞词詢询試试詳详誤误請请諾诺調调談谈論论諮咨講讲識识譯译護护讀读貴贵賃赁賞赏贈赠贊赞贏赢趙赵跡迹車车軟软載载輕轻輔辅辭辞農农運运達达違违遞递遠远適适遲迟選选遺遗邊边鄰邻釐厘鐘钟鎖锁鏡镜"
    "長长閉闭閒闲陽阳階阶際际隨随險险隱隐雙双離离難难電电靈灵靜静響响頁页項项順顺頒颁頓顿領领頭头頻频願愿顧顾類类顯显風风飛飞飲饮館馆騙骗體体髒脏點点齊齐齡龄併并並并億亿僅仅儘尽優优儀仪兌兑兩两冊册"
    "凍冻剛刚創创劃划劑剂勞劳勢势匯汇區区協协卻却參参啟启喪丧嚴严囑嘱國国圍围圓圆圖图團团執执報报場场塊块壞坏壓压夠够夾夹獎奖媽妈嬰婴寫写實实寶宝審审導导專专層层屆届島岛帶带幫帮幾几廠厂廢废廣广彈弹"
    "徑径復复徵征恆恒惡恶愛爱態态慣惯憑凭憶忆懷怀戶户捨舍掛挂採采換换損损搶抢摺折撥拨擇择擊击擬拟擾扰攜携攤摊敗败敘叙斷断昇升暫暂曆历東东極极構构樓楼標标樣样機机橫横檢检歲岁歷历殘残毀毁氣气決决沒没"
    "況况洩泄測测湯汤準准滅灭滯滞滿满漲涨潔洁濟济瀏浏災灾煙烟燙烫爾尔牆墙狀状獨独獲获環环甦苏畫画異异當当盜盗盡尽監监盤盘眾众瞭了礎础禮礼種种稅税稱称積积穩稳競竞筆笔節节範范築筑簽签簡简籤签糾纠絡络"
    "維维緊紧網网綁绑綜综緣缘縮缩繳缴繫系織织聲声肅肃腦脑臨临舉举舊旧薦荐虛虚蝕蚀衝冲裏里裡里褲裤訊讯訓训託托詐诈該该誠诚誰谁諒谅謝谢謹谨豐丰負负貢贡貧贫販贩貿贸賓宾賴赖贖赎蹤踪躉趸軀躯輛辆輪轮輸输"
    "轄辖辯辩連连週周進进遊游鄭郑釣钓銷销錄录錯错鍛锻鍵键鑑鉴鑰钥閱阅隊队雜杂雖虽雲云霧雾顏颜饋馈駕驾駛驶驗验驚惊鬆松鬥斗魚鱼鮮鲜麗丽黃黄齒齿龍龙傷伤傳传債债傾倾僱雇偽伪側侧備备傢家冇无俾给係系咗了"
    "喺在唔不嘅的乜什佢他"
)
"""Traditional characters of such forms (and some of Cantonese), each before its simplified one."""

_SIMPLE: Final = str.maketrans(dict(zip(PAIRS[::2], PAIRS[1::2], strict=True)))
_END: Final = re.compile(r"[。；;！!？?\n]+")
_NUMBERING: Final = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百零〇\d]+[条章款项]|[(（]?[一二三四五六七八九十\d]+[)）.、．:：]|[-*•·○●■]+|[①-⑳])\s*"
)
_HIDING: Final = re.compile(r"[\s*＊·•_~～\-—…\"'“”‘’「」『』【】《》<>\[\]|/\\^#@&=+`]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement: as written, made plain for comparison, and the line (from 1) it begins on."""

    text: str
    plain: str
    line: int


def plain(text: str) -> str:
    """The text for comparison: one spelling of everything, no blanks, commas as `，`."""
    text = unicodedata.normalize("NFKC", text).translate(_SIMPLE)
    return _HIDING.sub("", text).replace(",", "，").replace("、", "、").replace(":", "：")


def clauses(text: str) -> list[Clause]:
    """All statements of a form, in order. A line break ends a statement only where one could end."""
    found: list[Clause] = []
    start = 0
    for end in [*_END.finditer(text), None]:
        stop = len(text) if end is None else end.start()
        raw = text[start:stop]
        stripped = raw.strip()
        if stripped:
            lead = len(raw) - len(raw.lstrip())
            line = text.count("\n", 0, start + lead) + 1
            body = _NUMBERING.sub("", stripped)
            if len(plain(body)) > 1:
                found.append(Clause(stripped, plain(body), line))
        start = stop if end is None else end.end()
    return _joined(found)


def _joined(found: list[Clause]) -> list[Clause]:
    """Statements that a line break cut in two (the first ends in a comma) are one again."""
    whole: list[Clause] = []
    for clause in found:
        if whole and whole[-1].plain.endswith(("，", "、", "：")):
            last = whole.pop()
            clause = Clause(last.text + clause.text, last.plain + clause.plain, last.line)
        whole.append(clause)
    return whole
