"""`python -m tests.dependencies`: known vulnerabilities of the pinned requirements, by pip-audit.

Fails on a known one. Without a network nothing is known: that is said, not passed over in silence.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PINNED = Path(__file__).parent.parent / "requirements.txt"
FLAGS = ("--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json", "--timeout=10")
LONGEST_S = 120


def main() -> int:
    try:
        answer = _asked()
    except subprocess.TimeoutExpired:
        answer = ""
    code, said = verdict(answer)
    sys.stdout.write(f"{said}\n")
    return code


def _asked() -> str:
    command = [sys.executable, "-m", "pip_audit", f"--requirement={PINNED}", *FLAGS]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST_S).stdout


def verdict(answer: str) -> tuple[int, str]:
    """Exit code and what to say of pip-audit's JSON; what is no JSON is taken for no answer."""
    try:
        rows: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        return (
            0,
            "Vulnerabilities of requirements: NOT CHECKED, the index does not answer. CI must check them.",
        )
    known = [
        f"  {row['name']} {row['version']}: {_words(each)}" for row in rows for each in row.get("vulns", ())
    ]
    left = [row["name"] for row in rows if "skip_reason" in row]
    lines = [
        f"Known vulnerabilities of requirements: {len(known)}, of {len(rows) - len(left)} checked.",
        *known,
    ]
    if left:
        lines.append(f"NOT CHECKED, as the index does not know them: {len(left)} of {len(rows)}.")
    return int(bool(known)), "\n".join(lines)


def _words(vulnerability: dict[str, Any]) -> str:
    mended = ", ".join(vulnerability.get("fix_versions", ())) or "no release yet"
    return f"{vulnerability['id']}, mended in {mended}"


if __name__ == "__main__":
    sys.exit(main())
