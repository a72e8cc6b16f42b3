"""Files and directories of the build, as commands."""

from __future__ import annotations

from converter.model.value import Literal, Value
from converter.render.delivery.shell.words import options, path, word, words
from converter.resources.absent import Absent
from converter.resources.archive import Archive
from converter.resources.archive_create import ArchiveCreate
from converter.resources.directory import Directory
from converter.resources.download import Download
from converter.resources.file import File
from converter.resources.file_attributes import FileAttributes
from converter.resources.file_copy import FileCopy
from converter.resources.file_move import FileMove
from converter.resources.line import Line
from converter.resources.link import Link
from converter.resources.replacement import Replacement
from converter.resources.sync import Sync
from converter.resources.text_block import TextBlock
from converter.resources.touched_file import TouchedFile

_TAR = {"gz": "-czf", "bz2": "-cjf", "xz": "-cJf", "tar": "-cf"}
# Arguments: path, pattern, replacement.
_REPLACE = (
    "import pathlib, re, sys; p = pathlib.Path(sys.argv[1]); "
    "p.write_text(re.sub(sys.argv[2], sys.argv[3], p.read_text(), flags=re.MULTILINE))"
)


def directory(spec: Directory, cwd: Value) -> str:
    """`mkdir -p`."""
    at = path(spec.path, cwd)
    return _with(f"mkdir -p {at}", at, spec.mode, spec.owner, spec.group)


def file(spec: File, cwd: Value) -> str:
    """The text from a quoted word, so that nothing in it is expanded but the variables that were."""
    at = path(spec.path, cwd)
    write = f"printf '%s' {word(spec.content)} > {at}"
    if not spec.force:
        write = f"[[ -e {at} ]] || {write}"
    return _with(write, at, spec.mode, spec.owner, spec.group)


def touched_file(spec: TouchedFile, cwd: Value) -> str:
    """`touch`."""
    at = path(spec.path, cwd)
    return _with(f"touch {at}", at, spec.mode, spec.owner, spec.group)


def file_copy(spec: FileCopy, cwd: Value) -> str:
    """`cp`; a source that ends with `/` is what is inside."""
    flags = "-" + "r" * spec.recursive + "p" * spec.preserve + "n" * (not spec.force)
    last = spec.src.parts[-1] if spec.src.parts else None
    inside = spec.recursive and isinstance(last, Literal) and last.text.endswith("/")
    source = spec.src + Value.of(".") if inside else spec.src
    at = path(spec.dest, cwd)
    copy = words("cp", flags if len(flags) > 1 else "", path(source, cwd), at)
    return _with(copy, at, spec.mode, spec.owner, spec.group)


def file_move(spec: FileMove, cwd: Value) -> str:
    """`mv`."""
    return f"mv {path(spec.src, cwd)} {path(spec.dest, cwd)}"


def link(spec: Link, cwd: Value) -> str:
    """`ln`, which replaces a link of that name."""
    return f"ln -{'s' * spec.symbolic}{'f' * spec.force}n {word(spec.target)} {path(spec.path, cwd)}"


def absent(spec: Absent, cwd: Value) -> str:
    """`rm`, which does not mind if nothing is there."""
    return f"rm -{'r' * spec.recursive}f {path(spec.path, cwd)}"


def file_attributes(spec: FileAttributes, cwd: Value) -> str:
    """`chmod` and `chown`."""
    recurse = "-R" if spec.recurse else ""
    return _with("", path(spec.path, cwd), spec.mode, spec.owner, spec.group, recurse)


def line(spec: Line, cwd: Value) -> str:
    """A line that is appended once."""
    at, text = path(spec.path, cwd), word(spec.line)
    if spec.state == "absent":
        return f"[[ ! -f {at} ]] || {{ grep -vxF -e {text} {at} || true; }} > {at}.new && mv {at}.new {at}"
    if spec.regexp is not None:
        return f"sed -i -E '/'{word(spec.regexp)}'/d' {at} && printf '%s\\n' {text} >> {at}"
    return f"grep -qsxF -e {text} {at} || printf '%s\\n' {text} >> {at}"


def text_block(spec: TextBlock, cwd: Value) -> str:
    """Several lines at the end."""
    return f"printf '%s\\n' {word(spec.block)} >> {path(spec.path, cwd)}"


def replacement(spec: Replacement, cwd: Value) -> str:
    """By Python, whose syntax the pattern has."""
    return words("python3 -c", f"'{_REPLACE}'", path(spec.path, cwd), spec.pattern, spec.replacement)


def archive(spec: Archive, cwd: Value) -> str:
    """`tar` or `unzip`, by the name of the archive."""
    source, into = path(spec.src, cwd), path(spec.dest, cwd)
    if (spec.src.text or spec.src.shell()).endswith(".zip"):
        unpack = words("unzip", "-oq", source, "-d", into, *spec.extra)
    else:
        strip = f"--strip-components={word(spec.strip_components)}" if spec.strip_components is not None else ""
        unpack = words("tar", "-xf", source, "-C", into, strip, *spec.extra)
    return unpack if spec.creates is None else f"[[ -e {path(spec.creates, cwd)} ]] || {unpack}"


def archive_create(spec: ArchiveCreate, cwd: Value) -> str:
    """`tar` or `zip`."""
    inside = spec.root if spec.root is not None else cwd
    into, sources = path(spec.dest, cwd), [path(source, inside) for source in spec.members()]
    if spec.format == "zip":
        pack = words("zip", "-qr", into, *sources, options("-x", spec.exclude))
        return pack if spec.root is None else f"(cd {path(spec.root, cwd)} && {pack})"
    excludes = " ".join(f"--exclude={word(value)}" for value in spec.exclude)
    root = f"-C {path(spec.root, cwd)}" if spec.root is not None else ""
    return words("tar", _TAR.get(spec.format, "-caf"), into, excludes, root, *sources)


def download(spec: Download, cwd: Value) -> str:
    """`curl`, which fails where the server does."""
    at = path(spec.dest, cwd)
    headers = " ".join(f"-H {word(Value.of(f'{name}: ') + value)}" for name, value in spec.headers)
    fetch = words("curl", "-fsSL", "-k" if spec.insecure else "", headers, "-o", at, spec.url)
    if not spec.force:
        fetch = f"[[ -e {at} ]] || {fetch}"
    if spec.checksum is not None:
        method, _, known = (spec.checksum.text or "").partition(":")
        if known:
            fetch += f"\nprintf '%s  %s\\n' {word(Value.of(known))} {at} | {word(Value.of(method + 'sum'))} -c -"
    return _with(fetch, at, spec.mode, spec.owner, spec.group)


def sync(spec: Sync, cwd: Value) -> str:
    """`rsync` between two directories of the build."""
    flags = "-" + "a" * spec.archive + "z" * spec.compress + "c" * spec.checksum
    excludes = " ".join(f"--exclude={word(value)}" for value in spec.excludes)
    includes = " ".join(f"--include={word(value)}" for value in spec.includes)
    delete = "--delete" if spec.delete else ""
    source, into = path(spec.src, cwd), path(spec.dest, cwd)
    return words("rsync", flags if len(flags) > 1 else "", delete, includes, excludes, *spec.extra, source, into)


def _with(first: str, at: str, mode: Value | None, owner: Value | None, group: Value | None, recurse: str = "") -> str:
    """The command, then what sets mode and owner."""
    owned = Value.join([owner or Value(), group], ":") if group is not None else owner
    changes = [
        words("chmod", recurse, mode, at) if mode is not None else "",
        words("chown", recurse, owned, at) if owned is not None else "",
    ]
    return "\n".join(command for command in (first, *changes) if command)
