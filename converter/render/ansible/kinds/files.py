"""Files, directories, links, lines: `ansible.builtin.file`, `copy`, `template`, `lineinfile` and their kin."""

from __future__ import annotations

from typing import Any

from converter.model.tree import TreeFile
from converter.model.value import Value
from converter.render.ansible.names import slug
from converter.render.ansible.task import Place, Task

FILE_MODE, DIRECTORY_MODE = "0644", "0755"


def directory(spec: Any, at: Place) -> list[Task]:
    """A directory with its attributes."""
    mode = mode_of(spec.mode, at) or DIRECTORY_MODE
    return [_file(at, path=spec.path, state="directory", owner=spec.owner, group=spec.group, mode=mode)]


def file(spec: Any, at: Place) -> list[Task]:
    """A file with its content; long ones are files of the role, with variables in them templates."""
    args = at.some(dest=spec.path, owner=spec.owner, group=spec.group)
    args["mode"] = mode_of(spec.mode, at) or FILE_MODE
    if not spec.force:
        args["force"] = False
    name = slug((spec.path.text or spec.path.shell()).rpartition("/")[2].replace(".", "_dot_"))
    plain = (spec.path.text or "").rpartition("/")[2] or name
    text = spec.content.text
    if spec.content.variables or text is None:
        source = f"{_free(at, 'templates', plain)}.j2"
        at.files.append(TreeFile(path=f"roles/{at.role}/templates/{source}", text=template_text(spec.content, at)))
        return [Task("ansible.builtin.template", {"src": source, **args})]
    if text.count("\n") <= 1 and len(text) < 100:
        return [Task("ansible.builtin.copy", {"content": at.text(spec.content), **args})]
    source = _free(at, "files", plain)
    at.files.append(TreeFile(path=f"roles/{at.role}/files/{source}", text=text))
    return [Task("ansible.builtin.copy", {"src": source, **args})]


def _free(at: Place, folder: str, name: str) -> str:
    taken = {found.path for found in at.files}
    number, free = 2, name
    while f"roles/{at.role}/{folder}/{free}" in taken or f"roles/{at.role}/{folder}/{free}.j2" in taken:
        free, number = f"{number}-{name}", number + 1
    return free


def template_text(value: Value, at: Place) -> str:
    """The content of a template file: what looks like Jinja in the script is kept from being read as Jinja."""
    return at.text(value)


def touched_file(spec: Any, at: Place) -> list[Task]:
    """A file that is there, whatever its content."""
    args = at.some(path=spec.path, state="touch", owner=spec.owner, group=spec.group)
    args["mode"] = mode_of(spec.mode, at) or FILE_MODE
    return [Task("ansible.builtin.file", {**args, "access_time": "preserve", "modification_time": "preserve"})]


def file_copy(spec: Any, at: Place) -> list[Task]:
    """A copy on the host itself."""
    args = at.some(
        src=spec.src, dest=spec.dest, remote_src=True, owner=spec.owner, group=spec.group, mode=mode_of(spec.mode, at)
    )
    if "mode" not in args:
        args["mode"] = "preserve"
    if not spec.force:
        args["force"] = False
    return [Task("ansible.builtin.copy", args)]


def file_move(spec: Any, at: Place) -> list[Task]:
    """A move happens once: nothing is done where the source is gone."""
    args = {"argv": ["mv", at.text(spec.src), at.text(spec.dest)], "removes": at.text(spec.src)}
    return [Task("ansible.builtin.command", args)]


def link(spec: Any, at: Place) -> list[Task]:
    """A symbolic or hard link."""
    state = "link" if spec.symbolic else "hard"
    args = at.some(src=spec.target, dest=spec.path, state=state, force=spec.force)
    return [Task("ansible.builtin.file", args)]


def absent(spec: Any, at: Place) -> list[Task]:
    """Nothing is there; a pattern is looked up on the host first."""
    if not spec.path.has_glob:
        return [_file(at, path=spec.path, state="absent")]
    place, _, pattern = spec.path.key().rpartition("/")
    if any(letter in place for letter in "*?[") or spec.path.text is None:
        line = f"rm -{'r' if spec.recursive else ''}f -- {at.text(spec.path)}"
        return [Task("ansible.builtin.shell", {"cmd": line}, {"changed_when": True})]
    found = f"{slug(at.role + '_' + place + '_' + pattern)}_found"
    hidden = pattern.startswith(".")
    kinds = "any" if spec.recursive else "file"
    search = {"paths": place or "/", "patterns": pattern, "file_type": kinds, "hidden": hidden}
    look = Task("ansible.builtin.find", search, {"register": found}, suffix="look for")
    drop = Task(
        "ansible.builtin.file",
        {"path": "{{ item.path }}", "state": "absent"},
        {"loop": f"{{{{ {found}.files }}}}", "loop_control": {"label": "{{ item.path }}"}},
    )
    return [look, drop]


def file_attributes(spec: Any, at: Place) -> list[Task]:
    """Mode and owner of what is there; patterns are looked up on the host."""
    if spec.path.has_glob:
        return _attributes_of_pattern(spec, at)
    args = at.some(path=spec.path, mode=mode_of(spec.mode, at), owner=spec.owner, group=spec.group)
    if spec.recurse:
        args.update(state="directory", recurse=True)
    return [Task("ansible.builtin.file", args)]


def _attributes_of_pattern(spec: Any, at: Place) -> list[Task]:
    place, _, pattern = spec.path.key().rpartition("/")
    found = f"{slug(at.role + '_' + place + '_' + pattern)}_matched"
    search = {"paths": place or "/", "patterns": pattern, "file_type": "any"}
    args = at.some(path="{{ item.path }}", mode=mode_of(spec.mode, at), owner=spec.owner, group=spec.group)
    if spec.recurse:
        args.update(state="directory", recurse=True)
    label = {"label": "{{ item.path }}"}
    return [
        Task("ansible.builtin.find", search, {"register": found}, suffix="look for"),
        Task("ansible.builtin.file", args, {"loop": f"{{{{ {found}.files }}}}", "loop_control": label}),
    ]


def line(spec: Any, at: Place) -> list[Task]:
    """A line that a file has, or has not."""
    args = at.some(path=spec.path, line=spec.line, regexp=spec.regexp, create=spec.create)
    if spec.state != "present":
        args["state"] = spec.state
    if spec.create:
        args["mode"] = FILE_MODE
    return [Task("ansible.builtin.lineinfile", args)]


def text_block(spec: Any, at: Place) -> list[Task]:
    """Several lines that a file has, between marks of their own."""
    args = at.some(path=spec.path, block=spec.block, create=spec.create)
    first = (spec.block.text or spec.block.shell()).strip().splitlines() or [""]
    args["marker"] = f"# {{mark}} {slug(first[0])}"
    if spec.create:
        args["mode"] = FILE_MODE
    return [Task("ansible.builtin.blockinfile", args)]


def replacement(spec: Any, at: Place) -> list[Task]:
    """Text of a file that is replaced wherever it is found."""
    args = at.some(path=spec.path, regexp=spec.pattern, replace=spec.replacement)
    args.setdefault("replace", "")
    return [Task("ansible.builtin.replace", args)]


def _file(at: Place, **arguments: Any) -> Task:
    return Task("ansible.builtin.file", at.some(**arguments))


def mode_of(mode: Value | None, at: Place) -> str | None:
    """A mode with its leading zero, as Ansible wants it; symbolic ones as they are."""
    if mode is None:
        return None
    text = at.text(mode)
    return text if not text.isdigit() or text.startswith("0") or len(text) > 3 else f"0{text}"
