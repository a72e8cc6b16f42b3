"""The actions that generated workflows use, each pinned to a commit.

docs/decisions/0003-pinned-actions.md says where each commit was seen.
"""

from __future__ import annotations

PINS = {
    "actions/checkout": ("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/download-artifact": ("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    "actions/setup-go": ("b7ad1dad31e06c5925ef5d2fc7ad053ef454303e", "v7.0.0"),
    "actions/setup-java": ("b6effb05e454b25005698d916606bdc6ffcbf961", "v5.7.0"),
    "actions/setup-node": ("820762786026740c76f36085b0efc47a31fe5020", "v7.0.0"),
    "actions/setup-python": ("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": ("043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"),
    "aws-actions/configure-aws-credentials": ("e6de054238d6b7531b4efff3b6587d9aade6a06c", "v6.2.3"),
    "ruby/setup-ruby": ("95ef2b042f9d7a56d8268cba8559e2842e2ad01b", "v1.321.0"),
    "shivammathur/setup-php": ("f3e473d116dcccaddc5834248c87452386958240", "2.37.2"),
}

# Command line tools of npm, at the versions that were newest when they were looked up; serverless 4 wants an account.
NPM = {
    "@angular/cli": "22.2.7",
    "aws-cdk": "3.0.0",
    "firebase-tools": "15.34.2",
    "gh-pages": "6.3.0",
    "grunt-cli": "1.5.0",
    "gulp-cli": "3.1.0",
    "heroku": "11.10.0",
    "netlify-cli": "27.10.2",
    "serverless": "3.40.0",
    "surge": "0.44.3",
    "vercel": "64.0.2",
    "wrangler": "4.164.0",
}


def pinned(action: str) -> str:
    """`actions/checkout@<commit>`."""
    return f"{action}@{PINS[action][0]}"


def version(use: str) -> str:
    """The version of a pinned action, "" for anything else."""
    action, _, commit = use.partition("@")
    return PINS[action][1] if action in PINS and PINS[action][0] == commit else ""
