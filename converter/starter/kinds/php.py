"""An application of PHP: its locked dependencies, an FPM of its own that runs it, and nginx before that."""

from __future__ import annotations

from converter.model.starter import Starter
from converter.resources.composer_packages import ComposerPackages
from converter.resources.file import File
from converter.starter.kinds.static import folder
from converter.starter.parts import (
    APPLICATION,
    USER,
    V,
    account,
    check,
    checkout,
    packages,
    site,
    unit,
)
from converter.starter.recipe import Recipe
from converter.starter.steps import Steps

# The workers get the environment of the unit, and with it the secrets.
_POOL = """\
[global]
daemonize = no
error_log = syslog

[{name}]
user = ${{APP_USER}}
group = ${{APP_USER}}
listen = /run/{name}/php.sock
listen.owner = www-data
listen.group = www-data
pm = dynamic
pm.max_children = 10
pm.start_servers = 2
pm.min_spare_servers = 1
pm.max_spare_servers = 4
catch_workers_output = yes
clear_env = no
chdir = ${{APP_DIR}}/app
"""
_BODY = """
    root {root};
    index index.php;

    location / {{
        try_files $$uri $$uri/ /index.php?$$query_string;
    }}

    location ~ \\.php$$ {{
        try_files $$uri =404;
        include fastcgi_params;
        fastcgi_param SCRIPT_FILENAME $$realpath_root$$fastcgi_script_name;
        fastcgi_pass unix:/run/{name}/php.sock;
    }}

    # What belongs to the working copy alone is nobody's business.
    location ~ /\\. {{
        deny all;
    }}"""


def _resources(wanted: Starter, steps: Steps) -> None:
    packages(steps, wanted, f"php{wanted.php}-cli", f"php{wanted.php}-fpm", "composer", "unzip")
    account(steps, wanted, told=True)
    checkout(steps, wanted)
    locked = ComposerPackages(path=V("${APP_DIR}/app"), dev=False, optimize=True)
    steps.add(locked, "Install the packages that composer.lock names", user=USER, tells=(APPLICATION,))
    pool = File(path=V(f"/etc/{wanted.name}/php-fpm.conf"), content=V(_POOL.format(name=wanted.name)), mode=V("644"))
    lines = [
        f"RuntimeDirectory={wanted.name}",
        f"ExecStart=/usr/sbin/php-fpm{wanted.php} --nodaemonize --fpm-config /etc/{wanted.name}/php-fpm.conf",
        "ExecReload=/bin/kill -USR2 $$MAINPID",
        "KillSignal=SIGQUIT",
    ]
    steps.add(pool, "Write the settings of FPM", tells=(APPLICATION,))
    unit(steps, wanted, lines=lines)
    site(steps, wanted, _BODY.format(root=folder(wanted), name=wanted.name))
    check(steps, wanted)


PHP = Recipe(
    about="PHP, with a composer.lock",
    source="repository",
    asks=("public", "php"),
    defaults={"version": "main", "public": "public", "php": "8.2", "nginx": "yes"},
    resources=_resources,
)
