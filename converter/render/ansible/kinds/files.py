"""Files, directories, links, lines: `ansible.builtin.file`, `copy`, `template`, `lineinfile` and their kin."""

from __future__ import annotations

import re
from typing import Any

from converter.model.paths import DIRECTORIES, absolute, directory_of
from converter.model.tree import TreeFile
from converter.model.value import Glob, Literal, Value, Variable
from converter.render.ansible.names import slug
from converter.render.ansible.task import KEPT, Place, Task
from converter.render.ansible.value import expression, inert, template

# Modes for what the script gives none: they change nothing of what is there, and new things are as the system makes
# them.
FILE_MODE, DIRECTORY_MODE = "u+r", "u+rx"
_EVERYWHERE = (
    r"\.|/|/(etc|home|opt|root|run|srv|tmp|usr|var)|/home/[\w.-]+|/usr/(local|share|lib)(/\w+)?"
    r"|/var/(cache|lib|log|spool|tmp|www)|/etc/(cron\.d|default|systemd/system)"
)
_ABOVE = "Create above it"
_PATTERN = f"{KEPT}only a shell on the host knows what the pattern stands for"


def directory(spec: Any, at: Place) -> list[Task]:
    """A directory with its attributes, after those above it: the module would give them the same ones."""
    args = at.some(path=at.path(spec.path), state="directory", owner=spec.owner, group=spec.group)
    own = Task("ansible.builtin.file", {**args, "mode": mode_of(spec.mode, at) or DIRECTORY_MODE})
    above = directory_of(absolute(at.resource.context.cwd, spec.path))
    if (args.keys() <= {"path", "state"} and spec.mode is None) or above.unknowns or _is_everywhere(above):
        return [own]
    there = {"path": at.text(above), "state": "directory", "mode": DIRECTORY_MODE}
    return [Task("ansible.builtin.file", there, suffix=_ABOVE), own]


def _is_everywhere(path: Value) -> bool:
    """Whether every host has the directory."""
    text = path.text
    home = len(path.parts) == 1 and isinstance(path.parts[0], Variable) and path.parts[0].name in DIRECTORIES
    return home or (text is not None and re.fullmatch(_EVERYWHERE, text) is not None)


def file(spec: Any, at: Place) -> list[Task]:
    """A file with its content; long ones are files of the role, with variables in them templates."""
    args = at.some(dest=at.path(spec.path), owner=spec.owner, group=spec.group)
    args["mode"] = mode_of(spec.mode, at) or FILE_MODE
    if not spec.force:
        args["force"] = False
    text = "".join(part.text for part in spec.content.parts if isinstance(part, Literal))
    several = text.count("\n") > 1 or len(text) > 100 or "\r" in text
    if not several:
        return [Task("ansible.builtin.copy", {"content": at.text(spec.content), **args})]
    name = (
        re.sub(r"[^\w.-]+", "_", spec.path.shell().rstrip("/").rpartition("/")[2], flags=re.ASCII).strip(".") or "file"
    )
    if spec.content.variables:
        source = add_template(at, f"{name}.j2", template_text(spec.content, at))
        return [Task("ansible.builtin.template", {"src": source, **args})]
    return [Task("ansible.builtin.copy", {"src": _added(at, "files", name, text), **args})]


def add_template(at: Place, name: str, text: str) -> str:
    """Adds a template to the role, and returns its name there."""
    return _added(at, "templates", name, text)


def _added(at: Place, folder: str, name: str, text: str) -> str:
    taken = {found.path: found.text for found in at.files}
    number, free = 2, name
    while taken.get(f"roles/{at.role}/{folder}/{free}", text) != text:
        free, number = f"{number}-{name}", number + 1
    path = f"roles/{at.role}/{folder}/{free}"
    if path not in taken:
        at.files.append(TreeFile(path=path, text=text))
    return free


def template_text(value: Value, at: Place) -> str:
    """The content of a template file: what looks like Jinja in the script is kept from being read as Jinja."""
    text = template(value, at.names)
    # The first line of a template can hold settings of the template module.
    return "{{ '#' }}" + text[1:] if text.startswith("#jinja2:") else text


def touched_file(spec: Any, at: Place) -> list[Task]:
    """A file that is there, whatever its content."""
    args = at.some(path=at.path(spec.path), state="touch", owner=spec.owner, group=spec.group)
    args["mode"] = mode_of(spec.mode, at) or FILE_MODE
    return [Task("ansible.builtin.file", {**args, "access_time": "preserve", "modification_time": "preserve"})]


def file_copy(spec: Any, at: Place) -> list[Task]:
    """A copy on the host itself; one of a pattern is left to cp, which the module can't replace there."""
    if spec.src.has_glob:
        flags = "-a" if spec.preserve else "-r" if spec.recursive else ""
        line = " ".join(
            filter(None, ("cp", flags, "" if spec.force else "-n", "--", _words(spec.src, at), _words(spec.dest, at)))
        )
        return [
            Task(
                "ansible.builtin.shell",
                {"cmd": line, "executable": "/bin/bash", "chdir": at.cwd},
                {"changed_when": True},
                comments=(_PATTERN,),
            )
        ]
    args = at.some(src=at.path(spec.src), dest=at.path(spec.dest), remote_src=True, owner=spec.owner, group=spec.group)
    if spec.recursive and spec.src.parts and _ends_with_slash(spec.src) and not args["src"].endswith("/"):
        args["src"] += "/"
    args["mode"] = mode_of(spec.mode, at) or "preserve"
    if not spec.force:
        args["force"] = False
    return [Task("ansible.builtin.copy", args)]


def _ends_with_slash(path: Value) -> bool:
    last = path.parts[-1]
    return isinstance(last, Literal) and last.text.endswith("/")


def file_move(spec: Any, at: Place) -> list[Task]:
    """A move happens once: nothing is done where the source is gone."""
    source = at.path(spec.src)
    return [
        Task(
            "ansible.builtin.command",
            {"argv": ["mv", *(["-T"] if spec.exact else []), source, at.path(spec.dest)], "removes": source},
        )
    ]


def link(spec: Any, at: Place) -> list[Task]:
    """A symbolic link; a hard one is made once."""
    path = at.path(spec.path)
    if not spec.symbolic:
        argv = ["ln", *(["-f"] if spec.force else []), at.path(spec.target), path]
        said = f"{KEPT}a task of the module has to give a mode, and a hard link would pass it on to the other name"
        return [Task("ansible.builtin.command", {"argv": argv, "creates": path}, comments=(said,))]
    args = at.some(src=spec.target, dest=path, state="link", force=spec.force)
    return [Task("ansible.builtin.file", args)]


def absent(spec: Any, at: Place) -> list[Task]:
    """Nothing is there; a pattern is looked up on the host first."""
    if not spec.path.has_glob:
        return [Task("ansible.builtin.file", {"path": at.path(spec.path), "state": "absent"})]
    found = _found(spec.path, at, "any" if spec.recursive else "file")
    if found is None:
        line = f"rm -{'r' if spec.recursive else ''}f -- {_words(spec.path, at)}"
        return [
            Task(
                "ansible.builtin.shell",
                {"cmd": line, "executable": "/bin/bash", "chdir": at.cwd},
                {"changed_when": True},
                comments=(_PATTERN,),
            )
        ]
    look, each = found
    return [look, Task("ansible.builtin.file", {"path": "{{ item.path }}", "state": "absent"}, each)]


def retention(spec: Any, at: Place) -> list[Task]:
    """The entries are looked up, sorted with the newest first, and all but the first ones are removed."""
    register = at.register(f"entries {spec.path.shell().rpartition('/')[2]}")
    args = {"paths": at.path(spec.path), "patterns": inert(spec.pattern), "file_type": spec.what}
    look = Task("ansible.builtin.find", args, {"register": register}, suffix="Look what is there", looks=True)
    by_time = " | sort(attribute='mtime', reverse=true)" if spec.newest == "time" else ""
    entries = f"{register}.files | sort(attribute='path'{'' if by_time else ', reverse=true'}){by_time}"
    files = "" if spec.recursive else " | rejectattr('isdir')"
    number = spec.keep.text if not spec.keep.variables else None
    plain = number is not None and number.isdigit()
    newest = f"{number}:" if plain else f"({expression(spec.keep, at.names)} | int) :"
    each = {
        "loop": f"{{{{ ({entries})[{newest}]{files} }}}}",
        "loop_control": {"label": "{{ item.path }}"},
    }
    return [look, Task("ansible.builtin.file", {"path": "{{ item.path }}", "state": "absent"}, each)]


def _found(path: Value, at: Place, kind: str) -> tuple[Task, dict[str, Any]] | None:
    """The task that looks for a pattern in a directory, and the loop over what it finds; None for a pattern of
    directories."""
    parts = list(path.parts)
    tail: list[str] = []
    while parts:
        part = parts.pop()
        if not isinstance(part, Literal | Glob):
            return None
        head, slash, name = part.text.rpartition("/")
        tail.insert(0, name if isinstance(part, Glob) else re.sub(r"[*?\[]", r"[\g<0>]", name))
        if slash:
            parts.append(Literal(head or "/"))
            break
    directory = Value(*parts)
    if directory.has_glob:
        return None
    register = at.register(f"found {path.shell().rpartition('/')[0].rpartition('/')[2]}")
    args: dict[str, Any] = {
        "paths": at.path(directory or Value.of(".")),
        "patterns": inert("".join(tail)),
        "file_type": kind,
    }
    if "".join(tail).startswith("."):
        args["hidden"] = True
    look = Task("ansible.builtin.find", args, {"register": register}, suffix="Find", looks=True)
    return look, {"loop": f"{{{{ {register}.files }}}}", "loop_control": {"label": "{{ item.path }}"}}


def _words(path: Value, at: Place) -> str:
    """A path for a shell, in which only its patterns are open."""
    out: list[str] = []
    for part in path.parts:
        if isinstance(part, Glob):
            out.append(inert(part.text))
        elif isinstance(part, Literal):
            plain = re.fullmatch(r"[\w@%+=:,./-]*", part.text, re.ASCII)
            out.append(inert(part.text if plain else "'" + part.text.replace("'", "'\\''") + "'"))
        else:
            out.append(f'"{at.text(Value(part))}"')
    return "".join(out)


def file_attributes(spec: Any, at: Place) -> list[Task]:
    """Mode and owner of what is there; patterns are looked up on the host."""
    args = at.some(path=at.path(spec.path), mode=mode_of(spec.mode, at), owner=spec.owner, group=spec.group)
    if spec.recurse:
        args.update(state="directory", recurse=True)
    if not spec.follow:
        args["follow"] = False
    if not spec.path.has_glob:
        return [Task("ansible.builtin.file", args)]
    found = _found(spec.path, at, "any")
    if found is None:
        return _by_hand(spec, at)
    look, each = found
    return [look, Task("ansible.builtin.file", {**args, "path": "{{ item.path }}"}, each)]


def _by_hand(spec: Any, at: Place) -> list[Task]:
    """A pattern of directories, which only a shell finds."""
    owner = ":".join(at.text(value) if value is not None else "" for value in (spec.owner, spec.group)).removesuffix(
        ":"
    )
    recurse = "-R " if spec.recurse else ""
    lines = [f"chown {recurse}{owner} -- {_words(spec.path, at)}"] if owner else []
    lines += [f"chmod {recurse}{at.text(spec.mode)} -- {_words(spec.path, at)}"] if spec.mode is not None else []
    args = {"cmd": "\n".join(lines), "executable": "/bin/bash", "chdir": at.cwd}
    return [Task("ansible.builtin.shell", args, {"changed_when": True}, comments=(_PATTERN,))]


def line(spec: Any, at: Place) -> list[Task]:
    """A line that a file has, or has not."""
    args = at.some(path=at.path(spec.path), regexp=spec.regexp, create=spec.create)
    if spec.state == "present" or spec.regexp is None:
        args["line"] = at.text(spec.line)
    if spec.state != "present":
        args["state"] = spec.state
    if spec.create:
        args["mode"] = FILE_MODE
    return [Task("ansible.builtin.lineinfile", args)]


def text_block(spec: Any, at: Place) -> list[Task]:
    """Several lines that a file has, between marks of their own."""
    args = at.some(path=at.path(spec.path), block=spec.block, create=spec.create)
    args["marker"] = f"# {{mark}} {slug(at.role)}: {slug(at.resource.address.partition('.')[2] or 'lines')}"
    if spec.create:
        args["mode"] = FILE_MODE
    return [Task("ansible.builtin.blockinfile", args)]


def replacement(spec: Any, at: Place) -> list[Task]:
    """Text of a file that is replaced wherever it is found."""
    args = {"path": at.path(spec.path), "regexp": at.text(spec.pattern), "replace": at.text(spec.replacement)}
    return [Task("ansible.builtin.replace", args)]


def mode_of(mode: Value | None, at: Place) -> str | None:
    """A mode with its leading zero, as Ansible wants it; symbolic ones as they are."""
    if mode is None:
        return None
    text = at.text(mode)
    return (
        f"0{text}" if re.fullmatch(r"[0-7]{3}|[1-7][0-7]{3}", text) else text.rjust(4, "0") if text.isdigit() else text
    )
