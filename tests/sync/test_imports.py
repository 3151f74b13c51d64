"""Every module of the sync can be the first one imported: there are no cycles."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# One process for all: each module is imported as if none of the others were there.
PROGRAM = """
import sys
import django
django.setup()
failed = []
for name in sys.argv[1:]:
    for loaded in [each for each in sys.modules if each.startswith("sync.") and ".models" not in each]:
        if loaded not in {"sync.apps", "sync.secrets"}:
            del sys.modules[loaded]
    try:
        __import__(name)
    except ImportError as error:
        failed.append(f"{name}: {error}")
print("\\n".join(failed))
"""


def test_no_module_needs_another_to_be_imported_before_it() -> None:
    files = [*(ROOT / "sync").glob("*.py"), *(ROOT / "sync" / "exceptions").glob("*.py")]
    files += [*(ROOT / "sync" / "queue").glob("*.py"), *(ROOT / "sync" / "load").glob("*.py")]
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    wanted = sorted(name.removesuffix(".__init__") for name in names)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *wanted], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("", 0), done.stderr
