"""The commands of a pipeline that delivers to a cluster, in bash; every pipeline runs the same ones.

They read what they need from the environment: `ENVIRONMENT`, `KUBECTL_VERSION`, and the settings of a store of secrets.
"""

from __future__ import annotations

from converter import __version__
from converter.model.tree import Setting
from converter.render.delivery.cluster.course import Course
from converter.render.delivery.cluster.files import PROGRAM
from converter.render.secrets.sops import VERSION as SOPS

AGE = Setting(
    name="SOPS_AGE_KEY",
    purpose="Private age key that may read `environments/*/*.sops.yaml` (the line that starts with AGE-)",
    where="",
    secret=True,
)
KUBECONFIG = "KUBECONFIG"
VALIDATE = f"""\
pip install --quiet --requirement requirements.txt 'gitopsify[verify]=={__version__}'
gitopsify verify . --no-record --level lint
"""
APPLY = f'{PROGRAM} apply "$ENVIRONMENT"'
_KUBECTL = """\
case "$(uname -m)" in aarch64) machine=arm64 ;; *) machine=amd64 ;; esac
place="{place}"
mkdir -p "$place"
get() {{ curl --fail --silent --show-error --location --retry 3 "$@"; }}
from="https://dl.k8s.io/release/v$KUBECTL_VERSION/bin/linux/$machine/kubectl"
get --output "$place/kubectl" "$from"
echo "$(get "$from.sha256")  $place/kubectl" | sha256sum --check --quiet
chmod +x "$place/kubectl"
"""
_SOPS = f"""\
from="https://github.com/getsops/sops/releases/download/v{SOPS}/sops-v{SOPS}"
get --output "$place/sops" "$from.linux.$machine"
get "$from.checksums.txt" | sed -n "s|  sops-v{SOPS}.linux.$machine\\$|  $place/sops|p" | sha256sum --check --quiet
chmod +x "$place/sops"
"""


def install(course: Course, place: str) -> str:
    """The programs, each as its own project publishes it, into a folder."""
    return _KUBECTL.format(place=place) + (_SOPS if course.encrypted else "")


def compared(log: str, drift: bool) -> tuple[str, str]:
    """What would change, kept in a file, and after that the end of the job: 1 is no error unless nothing may differ."""
    before = f'code=0\n{PROGRAM} diff "$ENVIRONMENT" > {log} 2>&1 || code=$?\ncat {log}\n'
    if not drift:
        return before, '[ "$code" -le 1 ]\n'
    said = "The cluster differs from this repository: see above"
    return before, f'if [ "$code" != 0 ]; then echo "{said}" >&2; exit 1; fi\n'
