"""What a cluster makes of each kind of resource: a builder, or that it sees to it by itself, or why it has nothing."""

from __future__ import annotations

BUILT = frozenset(
    """command compose_command compose_project container container_command container_network container_volume cron_job
    file http_check http_request image link port_wait""".split()
)

# Nobody has an image, a volume or a container on a host where none runs.
CONTAINERS = frozenset(
    """compose_command compose_project container container_command container_network container_prune container_volume
    image image_archive image_push image_tag registry_login""".split()
)

COVERED = {
    "assertion": "it is looked at before each run, and there are none; what is missing keeps pods from starting",
    "container_prune": "each node removes what nothing uses by itself",
    "pause": "a job waits until what it needs is ready; all else is started again until what it needs is there",
    "registry_login": "each application names a pull secret for this registry",
    "systemd_reload": "there is no systemd to tell anything",
}

_MACHINE = (
    "machines are not set up from here: what the application needs belongs into its image, and what a machine needs"
    " into a repository of its own (`--target ansible`)"
)
_SOURCE = "a container is made from its image: let the build of the image do it, and put the new tag into the overlay"
_PROCESS = "a cluster runs images only: write a Dockerfile for it, and run that instead"
FILES = "a file of a host does not reach a container: put it into the image, or into a config map that is mounted"
_NETWORK = "who may reach what is said by the NetworkPolicy of each application, and around the cluster by its owner"
_IMAGES = "images reach a cluster through a registry: push it there, and put its tag into the overlay"

_GROUPS = {
    _MACHINE: """alternative apache_module apache_site authorized_key debconf_setting group hostname kernel_module
        locale mount package package_cache package_cleanup package_diversion package_hold package_key package_repository
        package_upgrade reboot service swap_file sysctl_setting timezone user git_setting""",
    _SOURCE: """composer_packages django_command git_checkout make_target node_packages python_packages ruby_packages
        virtualenv""",
    _PROCESS: "pm2_process pm2_saved process supervised_program supervisor_update",
    FILES: """absent archive archive_create directory download file_attributes file_copy file_move line
        replacement retention sync text_block touched_file upload""",
    _NETWORK: "firewall firewall_rule firewalld_rule",
    _IMAGES: "image_archive image_push image_tag",
    "what a command prints at each run is not known to manifests: put the value into the overlay": "capture",
}
UNSUPPORTED = {kind: reason for reason, kinds in _GROUPS.items() for kind in kinds.split()} | {
    "unresolved": "a person has to decide what it is for"
}
