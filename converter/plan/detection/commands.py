"""What is known of commands: their options and places that take a secret. No library of secret shapes has these.

A row is a name for the secret, texts of which one has to occur before the pattern is tried, and the pattern."""

from __future__ import annotations

from converter.plan.detection.names import BOUNDED, WHOLE
from converter.plan.detection.words import FLAG, GAP, SAME, inside, word

Row = tuple[str, str, str]
_WORD = word()
_SUDO = r"(?:sudo\s+(?:-\w+\s+)*)?"
# Options by which a command reads a secret from its standard input.
STDIN_FLAG = r"--(?:pass(?:word|phrase)?-(?:stdin|fd[= ]0)|with-token|data-file=-)(?![\w-])"


def _option(name: str, commands: str, flags: str, gap: str = GAP) -> Row:
    """An option of some commands whose argument is a secret."""
    hints = commands.replace("|", " ")
    return name, hints, rf"\b(?:{commands.replace(' ', '|')})\b{SAME}{FLAG}(?:{flags}){gap}{_WORD}"


def _operand(name: str, hints: str, before: str) -> Row:
    """A place after some words that is a secret."""
    return name, hints, rf"{before}\s+{_WORD}"


# In place of a name: `{}` is that of the group `name`, which has to tell; `{any}` is that group, whatever it says.
OPTIONS = (
    _option(
        "mysql_password",
        "mysql mysqldump mysqladmin mysqlimport mysqlpump mariadb mariadb-dump mariadb-admin",
        "-p",
        gap="",
    ),
    _option("ssh_password", "sshpass", "-p"),
    _option("ssh_password", "pscp plink psftp putty", "-pw"),
    (
        "registry_password",
        "login",
        (
            r"\b(?:docker|podman|buildah|helm registry|oc|az|skopeo|nerdctl)\s+(?:\w+\s+)?login\b"
            rf"{SAME}{FLAG}(?:-p|-P){GAP}{_WORD}"
        ),
    ),
    _option("redis_password", "redis-cli", "-a|--pass"),
    _option("redis_password", "redis-server", "--requirepass"),
    _option("mongo_password", "mongo mongosh mongodump mongorestore mongoexport mongoimport", "-p"),
    _option("ftp_password", "ncftpput ncftpget ncftpls", "-p"),
    _option("database_password", "cqlsh cypher-shell", "-p"),
    _option("database_password", "sqlcmd bcp isql mssql-cli", "-P"),
    _option("database_password", "influx", "-password"),
    _option("bmc_password", "ipmitool", "-P"),
    _option("ldap_password", "ldapsearch ldapadd ldapmodify ldapdelete ldappasswd ldapwhoami", "-w"),
    _option("snmp_password", "snmpwalk snmpget snmpset snmpbulkwalk", "-A"),
    _option("snmp_key", "snmpwalk snmpget snmpset snmpbulkwalk", "-X"),
    _option("archive_password", "zip unzip", r"-P\s*", gap=""),
    _option("archive_password", "7z 7za 7zz", "-p", gap=""),
    _option("key_password", "ssh-keygen", "-N"),
    _option("cipher_key", "enc", "-k|-K"),
    _option("account_password", "useradd usermod", "-p|--password"),
    _option("package_token", "twine", "-p"),
    _option("package_token", "nuget", "-k|--api-key"),
    _option("package_token", "gem", "--key"),
    _option("deploy_token", "netlify", "--auth"),
    _option("deploy_token", "doctl", "-t|--access-token"),
    _option("gossip_key", "consul", "-encrypt"),
    _option("stored_secret", "secretsmanager put-parameter", "--secret-string"),
    ("stored_secret", "SecureString", rf"\bput-parameter\b{SAME}{FLAG}--value{GAP}{_WORD}"),
    ("stored_secret", "keyvault", rf"\bkeyvault\s+secret\s+set\b{SAME}{FLAG}--value{GAP}{_WORD}"),
    ("stored_secret", "secret set", rf"\b(?:gh|glab)\s+secret\s+set\b{SAME}{FLAG}(?:-b|--body|-v|--value){GAP}{_WORD}"),
    ("key_password", "pass:", rf"-pass(?:in|out)?\s+['\"]?pass:{_WORD}"),
    ("store_password", "store key pass", rf"-(?:store|key|src|dest)(?:store)?pass[\s=]+{_WORD}"),
    ("htpasswd_password", "htpasswd", rf"\bhtpasswd\b{SAME}\s-\w*b\w*\s+\S+\s+\S+\s+{_WORD}"),
    ("desktop_password", "freerdp", rf"\bx?freerdp3?\b{SAME}\s/p:{_WORD}"),
    (
        "{}",
        "--",
        rf"(?<![\w-])--?(?P<name>[\w.-]*(?:{WHOLE}|api-?key|private-key|auth-?key|account-?key)(?:-key)?){GAP}{_WORD}",
    ),
)
OPERANDS = (
    _operand("mysql_password", "mysqladmin", rf"\bmysqladmin\b{SAME}\spassword"),
    _operand("account_password", "openssl", r"\bopenssl\s+passwd(?:\s+-\w+)*"),
    _operand("vault_token", "vault login", r"\bvault\s+login(?:\s+-\S+)*"),
    _operand("package_token", "cargo login", r"\bcargo\s+login(?:\s+--\S+)*"),
    _operand("package_token", "setapikey setApiKey", r"\bnuget\s+set[aA]pi[kK]ey"),
    _operand("snyk_token", "snyk auth", r"\bsnyk\s+(?:auth|config\s+set\s+api=?)"),
    _operand("ngrok_token", "authtoken", r"\b(?:ngrok\s+)?(?:config\s+add-)?authtoken:?"),
    _operand("tunnel_token", "cloudflared", r"\bcloudflared\s+(?:service\s+install|tunnel\s+run\s+--token)"),
    _operand("queue_password", "rabbitmqctl", r"\brabbitmqctl\b[^\n|;&]*?\b(?:add_user|change_password)\s+\S+"),
    _operand("package_token", "http-basic", r"\bhttp-basic\.\S+\s+\S+"),
    _operand("package_token", "poetry composer", r"\b(?:poetry|composer)\s+config\s+(?:-\S+\s+)*\S*(?:token|oauth)\S*"),
    _operand("{any}", "set config kv", rf"\b(?:set|config|put|add)\s+(?P<name>[\w./:-]*(?:{WHOLE}))"),
    ("sonar_token", "sonar.login", rf"-Dsonar\.login={_WORD}"),
    _operand("wifi_password", "nmcli", rf"\bnmcli\b{SAME}\spassword"),
    _operand("{user}_password", "machine", r"\bmachine\s+\S+\s[^#]{0,200}?\blogin\s+(?P<user>\S+)\s+password"),
    _operand("redis_password", "requirepass masterauth", r"\b(?:requirepass|masterauth)"),
)
TEXTS: tuple[Row, ...] = (
    (
        "database_password",
        "dentified IDENTIFIED",
        r"(?i:\bIDENTIFIED\s+(?:WITH\s+\S+\s+)?BY\s+(?:PASSWORD\s+)?)\\?['\"](?P<vs>[^'\"\\\n]+)\\?['\"]",
    ),
    ("database_password", "assword ASSWORD", r"(?i:\b(?:ENCRYPTED\s+)?PASSWORD\s+)\\?'(?P<vs>[^'\"\\\n]+)\\?'"),
    (
        "{any}",
        "s/ s| s# s, s@ s~ s! s%",
        (
            r"(?i:\bs(?P<cut>[/|#,@~!%])(?:(?!(?P=cut))[^\n])*?"
            rf"(?P<name>(?:[A-Za-z]\w*_)?(?:{WHOLE}|{BOUNDED}))[^\w\n]*?_*[^\w\n]*?"
            r"(?P=cut)(?:[\w.-]+[ \t]*[=:][ \t]*)?(?P<vb>(?:(?!(?P=cut))[^\s'\"$`\\])+)(?P=cut))"
        ),
    ),
    ("http_password", "curl", rf"\bcurl\b{SAME}{FLAG}(?:-u|--user|--proxy-user)[\s=]*['\"]?[^\s:'\"$]+:{inside()}"),
    ("http_password", "http", rf"\bhttps?\s{SAME}(?:-a|--auth)[\s=]*['\"]?[^\s:'\"$]+:{inside()}"),
    ("ftp_password", "lftp", rf"\b(?:lftp|open)\s{SAME}-u\s+['\"]?[^\s,'\"$]+,{inside()}"),
    ("ftp_password", "ftp", rf"\bftp\b[^\n]*<<[^\n]*\n(?:[^\n]*\n)*?\s*(?:quote\s+)?user\s+\S+\s+{inside()}"),
    (
        "share_password",
        "smbclient smbget rpcclient",
        rf"\b(?:smbclient|smbget|rpcclient)\b{SAME}-U\s*['\"]?[^\s%'\"]+%{inside()}",
    ),
    (
        "share_password",
        "--password-file",
        r"--password-file=?\s*<\(\s*(?:echo|printf)\s+(?:-\w+\s+)*['\"]?(?P<vb>[^\s'\"$`|)]+)",
    ),
    ("{user}_password", "pgpass", rf"(?m)(?:^|['\"])[\w.*-]+:(?:\d+|\*):[\w*-]+:(?P<user>[\w*-]+):{inside()}"),
    (
        "{user}_password",
        "://",
        r"\b[a-zA-Z][\w+.-]*://(?P<user>[^\s/:@'\"<>]*):(?P<vb>[^\s/@'\"$`<>{}]+)@[\w\[$%{<]",
    ),
    ("url_token", "://", r"://(?P<vb>(?=[^\s@]*\d)[\w-]{20,})(?::(?:x-oauth-basic)?)?@[\w\[$%{<]"),
    ("{any}", "? &", r"[?&](?P<name>key|sig|signature|auth|code)=(?P<vb>(?=[\w%-]*\d)(?=[\w%-]*[A-Za-z])[\w%-]{16,})"),
    (
        "hook",
        "hooks/ webhook/ /with/key/",
        r"https?://[\w.-]+/(?:[\w-]+/)*(?:hooks|webhook|with/key)/(?P<vb>(?=[\w/-]*\d)[\w/-]{20,})",
    ),
    (
        "authorization",
        "uthorization UTHORIZATION",
        r"(?i:\bAuthorization['\"]?\s*[:=]\s*['\"]?(?:Bearer|Basic|token|ApiKey|Digest|Key)\s+)(?P<vb>[\w+/=.~:-]{6,})",
    ),
    ("session_cookie", "ookie", r"\bCookie:\s*[^\n'\"]*?\w+=(?P<vb>(?=[\w%-]*\d)[\w%-]{20,})"),
    (
        "api_token",
        "-Key -Token -TOKEN",
        r"\b(?:X-[\w-]*(?:Key|Token)|PRIVATE-TOKEN|JOB-TOKEN|Api-Key)['\"]?\s*:\s*['\"]?(?P<vb>[^\s'\"$`]{6,})",
    ),
    (
        "user_password",
        "chpasswd",
        (
            r"\b(?:echo|printf)\s+(?:-\w+\s+)*['\"]?[\w.${}-]+:(?P<vb>[^\s'\"$`|]+?)(?:\\n)?['\"]?\s*\|\s*"
            rf"{_SUDO}chpasswd\b"
        ),
    ),
    ("user_password", "chpasswd", r"\bchpasswd\b[^\n]*<<<\s*['\"]?[\w.${}-]+:(?P<vb>[^\s'\"$`|]+)"),
    (
        "user_password",
        "passwd",
        rf"\b(?:echo|printf)\s+(?:-\w+\s+)*['\"]?{inside()}(?:\\n[^\s'\"]*)?['\"]?\s*\|\s*{_SUDO}(?:smb)?passwd\b",
    ),
    (
        "user_password",
        "passwd",
        rf"\b(?:echo|printf)\s[^\n|]*\\n{inside()}(?:\\n)?['\"]?\s*\|\s*{_SUDO}(?:smb)?passwd\b",
    ),
    ("user_password", "passwd", rf"\(\s*echo\s+['\"]?{inside()}['\"]?\s*;[^\n]*\|\s*{_SUDO}(?:smb)?passwd\b"),
    ("user_password", "passwd", rf";\s*echo\s+['\"]?{inside()}['\"]?\s*\)\s*\|\s*{_SUDO}(?:smb)?passwd\b"),
    (
        "sudo_password",
        "sudo",
        r"\b(?:echo|printf)\s+(?:-\w+\s+)*['\"]?(?P<vb>[^\s'\"$`|\\]+)(?:\\n)?['\"]?\s*\|\s*sudo\s+(?:-\w+\s+)*-\w*S",
    ),
    ("sudo_password", "sudo", rf"\bsudo\s+-\w*S\b[^\n]*<<<\s*['\"]?{inside()}"),
    (
        "registry_password",
        "--",
        (
            r"\b(?:echo|printf)\s+(?:-\w+\s+|['\"]%s(?:\\n)?['\"]\s+)*['\"]?(?P<vb>[^\s'\"$`|\\]+)(?:\\n)?['\"]?\s*\|"
            rf"[^\n|;&]*\s{STDIN_FLAG}"
        ),
    ),
    ("registry_password", "--", rf"\s{STDIN_FLAG}[^\n]*<<<\s*['\"]?{inside()}"),
    (
        "stored_secret",
        "secret create",
        (
            r"\b(?:echo|printf)\s+(?:-\w+\s+|['\"]%s(?:\\n)?['\"]\s+)*['\"]?(?P<vb>[^\s'\"$`|\\]+)(?:\\n)?['\"]?\s*\|"
            r"\s*(?:docker|podman)\s+secret\s+create\b"
        ),
    ),
    (
        "login_password",
        "send",
        r"(?:assword|assphrase)[^\n;]*[\n;]\s*send\s+(?:--\s+)?\\?\"(?P<vb>[^\s\"\\$\[]+)",
    ),
    ("{}", "<<<", r"\bread\b[^\n<|;]*?\s(?P<name>\w+)\s*<<<\s*['\"]?(?:[^\s'\"$]+[ \t]+)*(?P<vb>[^\s'\"$`]+)"),
    ("{}", "printf", rf"\bprintf\s+['\"](?P<name>\w+)=['\"]?%s['\"]?(?:\\n)?['\"]\s+{_WORD}"),
    ("{}", "define env", rf"\b(?:define|setdefault|setenv|putenv)\(\s*['\"](?P<name>\w+)['\"]\s*,\s*{_WORD}"),
    ("{}", "</", r"<(?P<name>[\w.-]+)>(?P<vb>[^<\s$]+)</(?P=name)>"),
    ("{}", "[", rf"\$\{{?(?P<name>\w+)\}}?['\"]?\s*(?:==?|!=)\s*{_WORD}"),
    ("{}", "${", r"\$\{(?P<name>\w+):?[-=]['\"]?(?P<vb>[^\s'\"$`{}]+)['\"]?\}"),
    (
        "password",
        "assword assphrase ecret oken",
        r"\b[Pp]ass(?:word|wd|phrase)?\s+(?:is|was|=)\s*:?\s*['\"]?(?P<vb>(?=\S*\d)(?=\S*[A-Za-z])[^\s'\"$`]{6,})",
    ),
)
# The values of a manifest's Secret, behind its kind or before it.
_VALUES = r"^(?P<in>[ \t]*)(?:stringData|data):[ \t]*\n(?P<within>(?:(?P=in)[ \t]+\S[^\n]*\n)+)"
_OF_SECRET = rf"(?m)^[ \t]*kind:[ \t]*Secret\b(?:(?!^---)[\s\S]){{0,800}}?{_VALUES}"
_SECRET_AFTER = rf"(?m){_VALUES}(?=(?:(?!^---)[\s\S]){{0,400}}?^(?P=in)kind:[ \t]*Secret\b)"
_BLOCK = (
    r"(?m)^(?P<deep>[ \t]+)(?P<name>[\w.-]+):[ \t]+[|>][-+]?[ \t]*\n"
    r"(?P=deep)[ \t]+(?P<vb>\S[^\n]*(?:\n(?P=deep)[ \t]+\S[^\n]*)*)$"
)
# A stretch of text, and the pattern of each secret in it: of its part `within`, where that is named.
STRETCHES: tuple[tuple[str, str, str, str], ...] = (
    (
        "{any}",
        "create secret",
        r"\bcreate\s+secret\b(?:[^\n;|&]|\\\n)*",
        rf"--from-literal[= ]['\"]?(?P<name>[\w.-]+)=['\"]?{_WORD}",
    ),
    (
        "{any}",
        "secrets set",
        r"\bsecrets\s+(?:set|import)\b(?:[^\n;|&]|\\\n)*",
        rf"\s['\"]?(?P<name>[A-Za-z_]\w*)={_WORD}",
    ),
    ("{any}", "kv put", r"\bvault\s+(?:kv\s+put|write)\b(?:[^\n;|&]|\\\n)*", rf"\s['\"]?(?P<name>[\w-]+)={_WORD}"),
    (
        "user_password",
        "chpasswd",
        r"\bchpasswd\b[^\n]*<<-?\s*['\"]?(?P<end>\w+)['\"]?\n[\s\S]*?\n\s*(?P=end)\b",
        r"(?m)^\s*[\w.${}-]+:(?P<vb>[^\s'\"$`|]+)$",
    ),
    *(
        ("{any}", "kind:", outer, inner)
        for outer in (_OF_SECRET, _SECRET_AFTER)
        for inner in (rf"(?m)^[ \t]+(?P<name>[\w.-]+):[ \t]+{_WORD}[ \t]*$", _BLOCK)
    ),
    (
        "{any}",
        "=(",
        r"(?i:\b(?P<name>\w*(?:passwords?|passwds?|secrets?|tokens?|api_?keys?))\+?=\((?:[^()\n]|\n)*\))",
        rf"(?:(?<=[\s(])(?!\[|\w+\+?=\()|\]=){_WORD}",
    ),
)
