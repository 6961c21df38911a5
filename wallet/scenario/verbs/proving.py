"""Evidence: what was sealed about a card, exported and judged without asking anybody."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from wallet.chain.base import Capability
from wallet.evidence.file import write_file
from wallet.evidence.verify import verify
from wallet.scenario.values import Flag, Name
from wallet.scenario.verb import Verb
from wallet.scenario.world import World
from wallet.services.evidence import export


class Evidence(Verb):
    """Export a card's evidence and verify it: `gives: {verdict: intact, findings: 0}`.

    With `tampered: yes` one byte in the middle is changed first.
    """

    word: ClassVar[str] = "evidence"
    card: Name
    tampered: Flag = False

    def title(self) -> tuple[str, str]:
        done = ("altered and ", "篡改后") if self.tampered else ("", "")
        return f"the evidence of {self.card} is {done[0]}verified", f"{done[1]}验证卡 {self.card} 的存证"

    def play(self, world: World) -> dict[str, Any]:
        made = export(world.context, world.card(self.card).id)
        with TemporaryDirectory(prefix="prepaid-evidence-") as folder:
            path = Path(folder) / "evidence.json"
            write_file(path, made.file)
            data = bytearray(path.read_bytes())
        if self.tampered:
            at = next(n for n in range(len(data) // 2, len(data)) if chr(data[n]).isdigit())
            data[at] = ord("1") if data[at] != ord("1") else ord("2")
        rooted = Capability.RECEIPTS in world.chain.capabilities
        report = verify(bytes(data), chain=world.chain if rooted else None)
        return {
            "verdict": str(report.verdict),
            "findings": len(report.findings),
            "records": made.records,
            "events": made.events,
        }
