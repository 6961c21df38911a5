"""Words about standard forms and their lint."""

from __future__ import annotations

from typing import Final

from cli.messages.zh_reverts import Row

TEXT: Final[dict[str, tuple[str, str]]] = {
    "cmd.form.lint": (
        "Find clauses the law bans in a form's Chinese text.",
        "在合同文本中查找法律禁止的条款。",
    ),
    "cmd.form.register": (
        "Admit a form by its hash, if the lint finds nothing.",
        "登记合同文本的哈希（须先通过检查）。",
    ),
    "cmd.form.list": ("Forms admitted on this chain.", "本链上已登记的合同文本。"),
    "arg.form.file": ("Text file, UTF-8.", "文本文件（UTF-8）。"),
    "arg.form.lint.file": ("Text file, UTF-8.", "文本文件（UTF-8）。"),
    "arg.form.register.file": ("Text file, UTF-8.", "文本文件（UTF-8）。"),
    "arg.form.register.title": ("Title that consumers read.", "消费者看到的标题。"),
    "arg.product.publish.form": (
        "Standard form it is sold under: hash, start of one or title (default: the platform's first).",
        "所用标准合同：哈希、哈希开头或标题（默认为平台最初登记的合同）。",
    ),
    "form.where": ("where", "位置"),
    "form.clause": ("clause", "条款"),
    "form.kind": ("why (source)", "原因（依据）"),
    "form.instead": ("write instead", "应改为"),
    "form.hash": ("hash", "哈希"),
    "form.clean": (
        "Nothing banned was found. The lint knows wording, not law: a lawyer decides.",
        "未发现被禁止的条款。本检查只看措辞，是否合法由律师判断。",
    ),
    "form.missing.consumer-refund": (
        "Missing: how a consumer who leaves by their own wish is refunded.",
        "缺少：消费者因自身原因终止时如何退款。",
    ),
    "form.found": ("{file}: {count} clauses to change", "{file}：有 {count} 处须修改"),
    "form.found-hint": ("change them and run it again", "修改后再检查一次"),
    "form.registered": ("{title} is admitted as {form}.", "《{title}》已登记，哈希 {form}。"),
    "form.known": ("{title} was admitted before, as {form}.", "《{title}》此前已登记，哈希 {form}。"),
}
"""Key -> English, Chinese."""

ERRORS: Final[dict[str, tuple[Row, ...]]] = {
    "form-unreadable": (("{file}：无法读取合同文本", "请提供 UTF-8 文本文件"),),
    "form-banned": (("该合同文本不得使用：{where}", "用 `prepaid form lint FILE` 查看每处及改法"),),
    "unknown-form": (("没有登记过这份标准合同：{value}", "用 `prepaid form list` 查看标题与哈希"),),
}
"""Chinese rows."""
