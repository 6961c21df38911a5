"""Words of `prepaid chain`, and of which chain a command works on."""

from __future__ import annotations

from typing import Final

TEXT: Final[dict[str, tuple[str, str]]] = {
    "cmd.chain.start": ("Start or join the chain.", "启动或加入链。"),
    "cmd.chain.stop": (
        "Stop a chain that runs as a process; its state is kept.",
        "停止以进程运行的链；状态保留。",
    ),
    "cmd.chain.status": ("Show where the chain stands.", "查看链的状态。"),
    "cmd.chain.reset": ("Begin a new, empty chain.", "重新开始一条空链。"),
    "cmd.chain.advance": ("Move the chain's clock on.", "把链的时钟向前拨。"),
    "cmd.chain.snapshot": ("Mark this moment.", "标记此刻。"),
    "cmd.chain.revert": ("Go back to a snapshot.", "回到某个快照。"),
    "cmd.chain.save": ("Save the chain to a file.", "把链保存到文件。"),
    "cmd.chain.load": ("Take a saved chain in this one's place.", "用保存的链替换当前的链。"),
    "chain.which": ("--chain rpc: which node?", "--chain rpc：是哪个节点？"),
    "chain.which-hint": ("add --rpc URL", "请加 --rpc URL"),
    "chain.passing": (
        "the {name} chain lasts as long as one command; nothing done on it is found again",
        "{name} 链只存续一条命令：在其上所做的一切之后都找不到",
    ),
    "chain.passing-hint": (
        "use --chain eth-tester or --chain anvil; only demo, vectors, scenario and system can use it",
        "请改用 --chain eth-tester 或 --chain anvil；只有 demo、vectors、scenario 与 system 可用它",
    ),
    "chain.starting": ("starting the chain", "正在启动链"),
    "chain.started": ("The {name} chain is ready.", "{name} 链已就绪。"),
    "chain.stopped": ("Stopped; its state is kept.", "已停止；状态已保留。"),
    "chain.not-running": ("Nothing was running.", "没有在运行的进程。"),
    "chain.reset-question": (
        "The {name} chain and all that happened on it will be gone.",
        "{name} 链及其上的一切将被清除。",
    ),
    "chain.was-reset": (
        "The {name} chain is gone; the next command begins a new one.",
        "{name} 链已清除；下一条命令将开始一条新链。",
    ),
    "chain.advanced": ("It is {time} on the chain now.", "链上时间现为 {time}。"),
    "chain.snapshot": ("Snapshot {id}", "快照 {id}"),
    "chain.reverted": ("Back at block {block}, {time}.", "已回到区块 {block}，{time}。"),
    "chain.saved": ("Saved to {file}.", "已保存到 {file}。"),
    "chain.load-question": (
        "The chain in {file} will take the place of this one, which will be gone.",
        "{file} 中的链将替换当前的链，后者将被清除。",
    ),
    "chain.loaded": ("The chain from {file} stands here now.", "{file} 中的链已就位。"),
    "chain.kept": ("kept, not running", "已保留，未运行"),
    "chain.nothing": ("nothing yet", "尚无"),
}
