"""条线: the seventeen business lines of the triage rubric, and the intents of a post."""

LINES = (
    "市容秩序", "环境卫生", "违法建设", "市政设施", "园林绿化", "停车与共享单车", "噪声油烟扬尘", "养犬管理", "食品安全",
    "消费维权", "价格与收费", "证照与无照经营", "产品质量与特种设备", "广告与不正当竞争", "物业与小区", "执法行为与作风", "其他",
)  # fmt: skip
"""In the rubric's order; 其他 also holds what is not the department's."""

OTHER = "其他"
CONDUCT = "执法行为与作风"

INTENTS = ("投诉", "求助", "咨询", "建议", "表扬", "举报", "中性资讯", "谣言或不实", "情绪宣泄")

LEVEL_NAMES = {0: "不预警", 1: "I 特别重大", 2: "II 重大", 3: "III 较大", 4: "IV 一般"}
"""The unit's own standard, never called a statutory warning."""
