"""What a person has said, kept on disk from one key to the next, so that nothing that ends the program loses any."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from converter.cli.exits import state_directory
from converter.model.decision import Said, key, last, nothing
from converter.model.diagnostic import ConverterError
from converter.pipeline import ANSWERS


class Answers:
    """The answers for one repository: those in it, those of the project that one is in, those of a file that is named,
    and those of an interrupted session. New ones go to the named file, or else to that of the session."""

    def __init__(self, directory: Path, file: str = "") -> None:
        digest = hashlib.sha256(str(directory.resolve()).encode()).hexdigest()[:16]
        self._session = state_directory() / f"answers-{digest}.yaml"
        self._final = directory / ANSWERS
        self._file = Path(file) if file else self._session
        # What stands in the repository may have been edited since; what is named counts most.
        sources = dict.fromkeys((Path(ANSWERS), self._session, self._final, *((self._file,) if file else ())))
        found = {source: _read(source) for source in sources}
        self._elsewhere = {key(each) for source, said in found.items() if source != self._file for each in said}
        self._said = last([each for said in found.values() for each in said])

    @property
    def all(self) -> tuple[Said, ...]:
        """Everything that was said so far, in its order."""
        return tuple(each for name, each in self._said.items() if each != nothing(name))

    @property
    def place(self) -> Path:
        """The file that takes what is new."""
        return self._file

    @property
    def text(self) -> str:
        """The file as the repository will hold it: as the person wrote it, as long as it says all."""
        from converter.review import dump

        if self._final.is_file() and last(_read(self._final)) == last(self.all):
            return self._final.read_text(encoding="utf-8")
        return dump(self.all) if self.all else ""

    def about(self, name: str) -> Said | None:
        """What was said about that last."""
        known = self._said.get(name)
        return None if known == nothing(name) else known

    def add(self, said: Said) -> None:
        """Keeps what was said, on disk too."""
        self.put(key(said), said)

    def put(self, name: str, said: Said | None) -> None:
        """What counts about that from now on; nothing, where None is given."""
        self._said.pop(name, None)
        if said is not None or name in self._elsewhere:
            self._said[name] = said or nothing(name)
        self._save()

    def _save(self) -> None:
        """In one piece: a program that is killed leaves the file as it was, or as it is to be."""
        from converter.review import dump

        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_name(f".{self._file.name}.new")
        with new.open("w", encoding="utf-8") as file:
            file.write(dump(tuple(self._said.values())))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._file)

    def forget_session(self) -> None:
        """The repository holds them now."""
        self._session.unlink(missing_ok=True)


def _read(file: Path) -> tuple[Said, ...]:
    from converter.review import load

    return load(file.read_text(encoding="utf-8"), str(file)) if file.is_file() else ()


def existing(file: str) -> str:
    """The named file of answers, which has to be there."""
    if file and not Path(file).is_file():
        raise ConverterError(f"there are no answers {file}", "gitopsify review and convert --interactive write some")
    return file
