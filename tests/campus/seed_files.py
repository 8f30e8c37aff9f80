"""The campus's three definition files, as they stand for `make demo` or written for another port."""

from pathlib import Path

FOLDER = Path(__file__).parent / "seeds"
DEMO_PORT = 8642  # what the files in `seeds/` say


def write_seeds(folder: Path, port: int) -> list[Path]:
    """Write the three files for a campus on this port into a folder, which is made if need be; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file in sorted(FOLDER.glob("*.yaml")):
        text = (
            file.read_text("utf-8")
            .replace(f":{DEMO_PORT}", f":{port}")
            .replace(f"--port {DEMO_PORT}", f"--port {port}")
        )
        (folder / file.name).write_text(text, "utf-8")
        written.append(folder / file.name)
    return written
