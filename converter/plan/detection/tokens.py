"""Shapes of tokens that their makers made recognisable: a secret wherever such a word stands."""

from __future__ import annotations

_KEY = r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
TOKENS = (
    ("aws_access_key_id", "AKIA ASIA", r"\b(?P<vb>(?:AKIA|ASIA)[A-Z0-9]{16})\b"),
    ("github_token", "gh github_pat_", r"\b(?P<vb>gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{22,})\b"),
    ("gitlab_token", "gl", r"\b(?P<vb>gl(?:pat|ptt|dt|rt|cbt|agent|soat|ft)-[A-Za-z0-9_-]{16,})"),
    ("slack_token", "xox", r"\b(?P<vb>xox[abeoprs]-[A-Za-z0-9-]{10,})"),
    (
        "slack_webhook",
        "hooks.slack.com",
        r"(?P<vb>https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_+-]{10,})",
    ),
    (
        "discord_webhook",
        "/api/webhooks/",
        r"(?P<vb>https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d+/[\w-]{20,})",
    ),
    (
        "teams_webhook",
        "webhook.office.com logic.azure.com",
        r"(?P<vb>https://[\w.-]+\.(?:webhook\.office|logic\.azure)\.com(?::\d+)?/[\w@/.?=&%-]{20,})",
    ),
    ("telegram_token", ":AA", r"(?<!\d)(?P<vb>\d{8,10}:AA[A-Za-z0-9_-]{32,34})(?![\w-])"),
    ("stripe_key", "_live_ _test_", r"\b(?P<vb>(?:[sr]k|whsec)_(?:live|test)_[A-Za-z0-9]{16,})\b"),
    ("stripe_webhook", "whsec_", r"\b(?P<vb>whsec_[A-Za-z0-9]{24,})\b"),
    ("sendgrid_key", "SG.", r"\b(?P<vb>SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})"),
    ("twilio_key", "AC SK", r"\b(?P<vb>(?:AC|SK)[0-9a-f]{32})\b"),
    ("mailgun_key", "key-", r"\b(?P<vb>key-[0-9a-f]{32})\b"),
    ("mailchimp_key", "-us", r"\b(?P<vb>[0-9a-f]{32}-us\d{1,2})\b"),
    ("google_api_key", "AIza", r"\b(?P<vb>AIza[A-Za-z0-9_-]{35})"),
    ("google_refresh_token", "1//0", r"(?<![\w/])(?P<vb>1//0[A-Za-z0-9_-]{30,})"),
    ("facebook_token", "EAACEd", r"\b(?P<vb>EAACEdEose0cBA[A-Za-z0-9]+)\b"),
    ("npm_token", "npm_", r"\b(?P<vb>npm_[A-Za-z0-9]{30,})\b"),
    ("pypi_token", "pypi-", r"\b(?P<vb>pypi-[A-Za-z0-9_-]{40,})"),
    ("rubygems_key", "rubygems_", r"\b(?P<vb>rubygems_[0-9a-f]{48})\b"),
    ("crates_token", "cio", r"\b(?P<vb>cio[A-Za-z0-9]{32})\b"),
    ("ai_key", "sk-", r"\b(?P<vb>sk-(?:proj-|ant-)?[A-Za-z0-9_-]{20,})"),
    ("digitalocean_token", "_v1_", r"\b(?P<vb>do[opr]_v1_[a-f0-9]{64})\b"),
    ("docker_token", "dckr_", r"\b(?P<vb>dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,})"),
    ("swarm_token", "SWMTKN-", r"\b(?P<vb>SWMTKN-1-[a-zA-Z0-9]{40,}-[a-zA-Z0-9]{20,})\b"),
    ("vault_token", "hv", r"\b(?P<vb>hv[sbr]\.[A-Za-z0-9_-]{20,})"),
    ("linear_key", "lin_api_", r"\b(?P<vb>lin_api_[A-Za-z0-9]{32,})\b"),
    ("shopify_token", "shp", r"\b(?P<vb>shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})\b"),
    ("figma_token", "figd_", r"\b(?P<vb>figd_[A-Za-z0-9_-]{32,})"),
    ("tailscale_key", "tskey-", r"\b(?P<vb>tskey-[a-z]+-[A-Za-z0-9-]{16,})"),
    ("grafana_token", "glsa_ glc_", r"\b(?P<vb>gl(?:sa|c)_[A-Za-z0-9+/=_]{32,})"),
    ("age_key", "AGE-SECRET-KEY-", r"\b(?P<vb>AGE-SECRET-KEY-1[A-Z0-9]{20,})\b"),
    ("json_web_token", "eyJ", r"\b(?P<vb>eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{8,}){1,2})"),
    ("private_key", "PRIVATE KEY", rf"(?P<vb>{_KEY}[\s\S]*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)"),
    # One whose end is missing: as many lines as look like it.
    ("private_key", "PRIVATE KEY", rf"(?P<vb>{_KEY}(?![\s\S]*-----END )(?:\s*[A-Za-z0-9+/=]{{16,}})+)"),
)
