"""Words about scenario scripts."""

from __future__ import annotations

from typing import Final

TEXT: Final[dict[str, tuple[str, str]]] = {
    "cmd.scenario.run": (
        "Play scenarios on a chain and say what came out otherwise. On revm unless --chain names another: "
        "it lives in this process and starts at once, and every chain gives the same balances.",
        "在链上演练剧本，指出与预期不符之处。不指定 --chain 则用 revm：在本进程内，即开即用；各链结果相同。",
    ),
    "cmd.scenario.list": ("List scenarios without playing them.", "列出剧本，不演练。"),
    "cmd.scenario.schema": (
        "Show or write the JSON Schema by which editors complete and check scenarios.",
        "显示或写出 JSON Schema，供编辑器补全和检查剧本。",
    ),
    "cmd.scenario.new": ("Write a short commented scenario to begin with.", "写出一个带注释的入门剧本。"),
    "arg.scenario.run.paths": (
        "Files or folders; PATH:LINE, PATH::name or PATH::name[2] for one of them.",
        "文件或文件夹；以 PATH:行号、PATH::名称 或 PATH::名称[2] 选其一。",
    ),
    "arg.scenario.list.paths": (
        "Files or folders; PATH:LINE, PATH::name or PATH::name[2] for one of them.",
        "文件或文件夹；以 PATH:行号、PATH::名称 或 PATH::名称[2] 选其一。",
    ),
    "arg.scenario.run.tag": (
        "Only those with this tag; again for both, a,b for either, not-a for those without.",
        "只取带此标签者；多次给出须同时具备，a,b 为任一，not-a 为不带者。",
    ),
    "arg.scenario.list.tag": (
        "Only those with this tag; again for both, a,b for either, not-a for those without.",
        "只取带此标签者；多次给出须同时具备，a,b 为任一，not-a 为不带者。",
    ),
    "arg.scenario.run.workers": (
        "Processes that play at once, each with a chain of its own.",
        "同时演练的进程数，各有自己的链。",
    ),
    "arg.scenario.run.exit_first": ("Stop at the first failure.", "首次失败即停。"),
    "arg.scenario.run.interactive": (
        "Open a Python console at the step that failed.",
        "在失败的步骤处打开 Python 控制台。",
    ),
    "arg.scenario.run.seed": (
        "Keys, salts and references come from it; the same one repeats a run.",
        "密钥、盐值与编号由它而来；相同的值可重现一次演练。",
    ),
    "arg.scenario.run.junit": (
        "Also write JUnit XML here (replaces the file).",
        "另写 JUnit XML（覆盖原文件）。",
    ),
    "arg.scenario.run.html": (
        "Also write one self-contained HTML page here (replaces the file).",
        "另写一个自足的 HTML 页面（覆盖原文件）。",
    ),
    "arg.scenario.schema.write": ("File to write it to.", "写入的文件。"),
    "arg.scenario.new.file": (
        "File to write; ends with .scenario.yaml.",
        "写入的文件，以 .scenario.yaml 结尾。",
    ),
    "scenario.playing": ("scenarios", "剧本"),
    "scenario.passed-case": ("passed", "通过"),
    "scenario.failed-case": ("failed:", "不符："),
    "scenario.broken-case": ("could not be played:", "无法演练："),
    "scenario.skipped-case": ("skipped:", "跳过："),
    "scenario.expected": ("expected", "预期"),
    "scenario.actual": ("actual  ", "实际"),
    "scenario.error": ("error", "错误"),
    "scenario.chain-time": ("chain time", "链上时间"),
    "scenario.events": ("events", "事件"),
    "scenario.calls": ("calls", "调用"),
    "scenario.repeat": ("repeat with", "重现"),
    "scenario.money": ("money", "资金"),
    "scenario.before": ("before", "之前"),
    "scenario.after": ("after", "之后"),
    "scenario.change": ("change", "变动"),
    "scenario.head.case": ("scenario", "剧本"),
    "scenario.head.title": ("title", "标题"),
    "scenario.head.system": ("system", "模式"),
    "scenario.head.tags": ("tags", "标签"),
    "scenario.done": (
        "{of} scenario{of:s} on {chain}, seed {seed}: {passed} passed, {failed} failed, "
        "{broken} could not be played, {skipped} skipped.",
        "在 {chain} 上演练 {of} 个剧本（种子 {seed}）：{passed} 个通过，{failed} 个不符，"
        "{broken} 个无法演练，{skipped} 个跳过。",
    ),
    "scenario.left": ("{count} left out after the failure.", "失败后有 {count} 个未演练。"),
    "scenario.failed": (
        "{count} of {of} scenario{of:s} went otherwise",
        "{of} 个剧本中有 {count} 个与预期不符",
    ),
    "scenario.broken": (
        "{count} of {of} scenario{of:s} could not be played",
        "{of} 个剧本中有 {count} 个无法演练",
    ),
    "scenario.failed-hint": (
        "each failure above ends with the command that repeats just it",
        "上面每处失败都以单独重现它的命令结尾",
    ),
    "scenario.not-written": ("Not written: {file}: {why}", "未能写出：{file}：{why}"),
    "scenario.written": ("Written: {file}", "已写入：{file}"),
    "scenario.new": (
        "Written: {file}. Play it with `prepaid scenario run {file}`.",
        "已写入：{file}。用 `prepaid scenario run {file}` 演练。",
    ),
    "scenario.console": (
        "{place}: the chain stands as this step left it. At hand: {names}. Ctrl-D ends the console.",
        "{place}：链停在这一步之后。可用：{names}。按 Ctrl-D 结束。",
    ),
    "scenario.console-json": ("-I needs a person, --json a program", "-I 面向人，--json 面向程序"),
    "scenario.console-json-hint": ("give only one of them", "请只给其一"),
}

_SCHEMA = "`prepaid scenario schema` 说明剧本的写法"

ERRORS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "scenario-file": (("{place}：{reason}", _SCHEMA),),
    "report-replaces": (("{option}：{value} 是剧本或另一份报告，会被覆盖", "请另取文件名"),),
    "report-unwritable": (("{option}：无法写入 {value}", "请写到可写的文件夹中"),),
    "scenario-files": (("有 {count} 处不合要求：\n{listed}", "未演练任何剧本；请全部改正"),),
    "no-scenario": (("没有剧本带标签 {wanted}", "现有标签：{known}"),),
    "scenario-quantity": (("{value!r} 不符合此卡的计量单位（{unit}）", "储值类写 ¥30，计次类写 3 或 3 次"),),
    "scenario-name": (("{value}：剧本文件名以 {suffix} 结尾", "请改用这样的名称"),),
    "scenario-exists": (("{value}：文件已存在", "请换一个名称；没有写入任何内容"),),
    "scenario-unknown-name": (("{what} {name!r} 在此不存在", "现有：{known}"),),
    "scenario-document-kind": (
        ("文书 {name} 属于 {found}，不是 {kind}", "请改用另一份文书"),
        ("文书 {name} 属于 {found}，无人将其上链", "收款请求用 `authorise` 回应"),
    ),
    "scenario-which-document": (("请写明哪份文书，或取谁的最新一份，二者取一", "`document: d1` 或 `of: a`"),),
    "scenario-argument": (
        ("{value!r} 的参数不合要求", "按合约函数的顺序写在 `args` 中，或写 terms of a 之类"),
    ),
    "scenario-number": (("{value!r} 不是任何一种数", "请写 ¥30、3、70 %、2030-03-01 或 2h"),),
    "scenario-template": (("{value!r} 不是模板可以给出的答复", "请写金额、`¥1 for each elapsed`、2^48 等"),),
    "scenario-terms": (("terms：{value!r} 不是数", "请写 ¥30、70 %、30d、yes 或整数"),),
    "scenario-product": (("产品 {product} 没有价格", "请写 price: ¥1000"),),
    "scenario-name-taken": (("已有名为 {name!r} 的 {what}", "请用 `as:` 另取一名"),),
    "scenario-gives-beside-fails": (("被拒绝的步骤没有结果", "请去掉 `gives` 或 `fails`"),),
    "scenario-tier": (("{name}：没有 {value} 级", "0（无）至 3（最高）"),),
    "scenario-reserved-name": (("{name!r} 在剧本中另有含义", "请给这位人物另取一名"),),
    "scenario-past": (("时间只能前进，而该时刻已过", "请写更晚的时刻"),),
    "scenario-nothing-due": (("卡 {card} 没有应付的利息", "逾期退款才有利息"),),
    "scenario-step": (("这一步什么也没说", "请写一个动词，或 expect:"),),
    "scenario-unforeseen": (("演练中出现意外错误", "这是动词本身的毛病，请报告"),),
    "invalid-workers": (("-n：{value!r} 不是进程数", "请写 auto 或 1 至 {most} 的整数"),),
    "workers-share-chain": (
        ("-n {value}：以网址指定的节点只是一条链，剧本会在其上相遇", "去掉 -n，或选用各进程可自有的链"),
    ),
    "invalid-seed": (("--seed：{value} 不在 0 至 {most} 之间", "任取其间一个整数；相同的值可重现演练"),),
}
