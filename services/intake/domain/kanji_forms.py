"""Forms of kanji (字体) that stand for one another in the names of people and companies, folded to one form.

Where they come from: the forms of the 康熙字典 that the table of kanji in common use gives in brackets (常用漢字表、
平成22年内閣告示第2号), each with the ways in which it is written besides (鐵 and 鐡); the second forms of kanji for
names (戸籍法施行規則別表第二); and forms that registers of families and companies took over as they were written
(俗字・異体字, such as 髙, 﨑, 栁 and 𠮷). What NFKC folds by itself is not repeated.

Two forms that somebody keeps apart (斎 and 斉) are one here: who has a name that agrees only so is looked at by a
person. The table stands behind stored look-ups: it does not change.
"""

from typing import Final

_IN_USE: Final = """
    亜亞 悪惡 圧壓 囲圍 医醫 為爲 壱壹 隠隱 栄榮 営營 衛衞 駅驛 円圓 塩鹽 縁緣 艶艷 応應 欧歐 殴毆 桜櫻 奥奧 横橫
    温溫 穏穩 仮假 価價 画畫 会會 絵繪 壊壞 懐懷 概槪 拡擴 殻殼 覚覺 学學 岳嶽 楽樂 渇渴 缶罐 巻卷 陥陷 勧勸 寛寬
    関關 歓歡 観觀 気氣 帰歸 亀龜 偽僞 戯戲 犠犧 旧舊 拠據 挙擧 虚虛 峡峽 挟挾 狭狹 郷鄕鄉 暁曉 区區 駆驅駈 勲勳
    薫薰 径徑 茎莖 恵惠 掲揭 渓溪 経經 蛍螢 軽輕 継繼 鶏鷄雞 芸藝 撃擊 欠缺 研硏 県縣 倹儉 剣劍劒劔剱 険險 圏圈 検檢
    献獻 権權 顕顯 験驗 厳嚴 広廣 効效 恒恆 黄黃 鉱鑛 号號 国國圀 黒黑 砕碎 済濟 剤劑 雑雜襍 参參 桟棧 蚕蠶 惨慘
    賛贊 残殘 糸絲 歯齒 児兒 辞辭 湿濕 実實 写寫冩 釈釋 寿壽 収收 従從 渋澁澀 獣獸 縦縱 粛肅 処處 緒緖 叙敍敘 将將
    称稱 渉涉 焼燒 証證 奨奬獎 条條 状狀 乗乘 浄淨 剰剩 畳疊疉 縄繩 壌壤 嬢孃 譲讓 醸釀 触觸 嘱囑 真眞 寝寢 慎愼
    尽盡 図圖 粋粹 酔醉 穂穗 随隨 髄髓 枢樞 数數 瀬瀨 声聲 静靜 窃竊 摂攝 専專 浅淺 戦戰 践踐 銭錢 潜潛 繊纖 禅禪
    双雙 壮壯 争爭 荘莊 捜搜 挿插 巣巢 曽曾 痩瘦 装裝 総總 騒騷 増增 蔵藏 臓臟 即卽 属屬 続續 堕墮 対對 体體軆 帯帶
    滞滯 台臺 滝瀧 択擇 沢澤 担擔 単單 胆膽 団團 断斷 弾彈 遅遲 痴癡 虫蟲 昼晝 鋳鑄 庁廳 徴徵 聴聽 勅敕 鎮鎭 逓遞
    鉄鐵銕鐡 点點 転轉 伝傳 灯燈 当當 党黨 盗盜 稲稻 闘鬭鬪 徳德 独獨 読讀 届屆 弐貳 悩惱 脳腦 覇霸 拝拜 廃廢 売賣
    麦麥 発發 髪髮 抜拔 晩晚 蛮蠻 秘祕 浜濱濵 瓶甁 払拂 仏佛 併倂 並竝 餅餠 辺邊邉 変變 弁辨瓣辯 歩步 宝寶寳 豊豐
    褒襃 翻飜 毎每 万萬 満滿 麺麵 黙默 弥彌 訳譯 薬藥 与與 予豫 余餘 誉譽 揺搖 様樣 謡謠 来來 頼賴 乱亂 覧覽 竜龍
    両兩 猟獵 緑綠 涙淚 塁壘 礼禮 励勵 戻戾 霊靈 齢齡 暦曆 歴歷 恋戀 錬鍊 炉爐 労勞 郎郞 楼樓 録錄 湾灣
"""
_OF_NAMES: Final = """
    亘亙 凛凜 尭堯 巌巖 晃晄 桧檜 槙槇 祢禰 祷禱 禄祿 穣穰 萌萠 遥遙 園薗 島嶋嶌嶹 杯盃 富冨 峰峯 野埜 涼凉
"""
_AS_WRITTEN: Final = """
    高髙 崎﨑嵜 斎齋斉齊 吉𠮷 淵渕渊 館舘 柳栁 桑桒 橋槗𣘺 昇曻 青靑 清淸 彦彥 教敎 内內 戸戶 呉吳 強强 産產 秋穐龝
    松柗枩 船舩 鶴靏靍 達逹 脇𦚰 喜㐂 宜宐 熙煕凞 藪薮 籠篭 庵菴 枡桝 村邨 芦蘆 蒋蔣 鴎鷗 麹麴 顔顏 説說 税稅 悦悅
    鋭銳 閲閱 脱脫 絶絕 尚尙 査查 飲飮 歳歲 舎舍 舗舖 冊册 倶俱 侠俠 掴摑 填塡 頬頰 繋繫 涛濤 頚頸 蝋蠟 莱萊 鯵鰺
    蛎蠣 竃竈 潅灌 諌諫 砺礪 梼檮 迩邇 侭儘 躯軀 剥剝 嘘噓
"""
"""In each group the first form stands for the others."""

FORM_OF: Final = str.maketrans(
    {other: group[0] for group in f"{_IN_USE} {_OF_NAMES} {_AS_WRITTEN}".split() for other in group[1:]}
)
"""Form → the one that it is looked up by; for `str.translate`, after NFKC."""
