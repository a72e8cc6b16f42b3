"""Statements: lists, pipelines, blocks, functions, assignments, redirections, heredocs and comments."""

from __future__ import annotations

import pytest

from parse.printed import printed

CASES = [
    ("a && b || c && d", "(&& (|| (&& [a] [b]) [c]) [d])"),
    ("! a && ! b | c", "(&& (! [a]) (! (| [b] [c])))"),
    ("a |& b", "(| [a] 2>&1 [b])"),
    ("if a; then b; fi |& c", "(| (if [a] -> [b]) 2>&1 [c])"),
    ("a & b; c &", "(& [a]) [b] (& [c])"),
    ("time -p a | b", "(| [a] [b])"),
    ("a |\n b &&\n\n c", "(&& (| [a] [b]) [c])"),
    ("a \\\n -b \\\n  c", "[a -b c]"),
    ("echo if then fi } done", "[echo if then fi } done]"),
    ('"if" a', '["if" a]'),
    # Blocks.
    ("if a; then b; elif c; then d; else e; fi >x", "(if [a] -> [b]; [c] -> [d]; [e]) >x"),
    ("for i in a {1..2}; do x $i; done", "(for i in a 1 2: [x <i>])"),
    ("for i; do x; done", "(for i: [x])"),
    ('for i in "$@"\ndo\nx\ndone', '(for i in "<@>: [x])'),
    ("for ((i=0; i<3; i++)); do x; done", "(count i=0; i<3; i++: [x])"),
    ("while read -r a; do x; done < f", "(while [read -r a]: [x]) <f"),
    ("until a; do b; done | c", "(| (until [a]: [b]) [c])"),
    ("select x in a b; do c; done", "(select x in a b: [c])"),
    (
        "case $1 in a|b) x;; (c) y ;& -h|+([0-9])) ;; *) z ;;& esac",
        "(case <1>: a|b -> [x]; c -> [y]+; -h|+([0-9]) -> ; * -> [z]+)",
    ),
    ("case a in b) c\nesac", "(case a: b -> [c])"),
    ("{ a; b; } >x 2>&1", "(do [a] [b]) >x 2>&1"),
    ("(a; b) >x &", "(& (sub [a] [b]) >x)"),
    ("((a); (b))", "(sub (sub [a]) (sub [b]))"),
    ("f() { a; }", "(def f [a])"),
    ("function f-g:h { a; }", "(def f-g:h [a])"),
    ("f () ( a ) >x", "(def f (sub [a])) >x"),
    # Tests and arithmetic.
    ("[[ $a == b* && ! -f c || ( d < e ) ]]", "[[[ <a> == b* && ! -f c || ( d < e ) ]]]"),
    ("[[ $a == b&&$c != d||-n e ]]", "[[[ <a> == b && <c> != d || -n e ]]]"),
    ('[[ $a =~ ^("$x"|b c)$ ]] && d', '(&& [[[ <a> =~ ^(."<x>.|b c)$ ]]] [d])'),
    ("[[ -f a &&\n -f b ]]", "[[[ -f a && -f b ]]]"),
    ("(( a + 1 > 2 )) && b", "(&& [(( a + 1 > 2 ))] [b])"),
    ("let x=1 y+=2", "[let x=1 y+=2]"),
    # Assignments.
    ("A=1", "A=1"),
    ("A= B=2", "(do A= B=2)"),
    ("A=1 B=2 cmd C=3", "[A=1 B=2 cmd C=3]"),
    ("A=$(b) >x || c", "(|| [A=$([b])] >x [c])"),
    ('A=(a "b c" $D [3]=x) A+=(y)', '(do A=(a "b c" <D> [3]=x) A+=(y))'),
    ("A[$i+1]=b", "A[$i+1]=b"),
    ('declare -A M=([k]=v [a b]="c" [$x]=)', 'declare -A M=([k]=v [a b]="c" [<x>]=_)'),
    ("local x=1 y z=$2", "(do local x=1 local z=<2> [local y])"),
    ("export A=1 B", "(do export A=1 [export B])"),
    ("export A B", "[export A B]"),
    ("readonly A=1", "readonly A=1"),
    ("export PATH=$PATH:~/bin", "export PATH=<PATH>.:~/bin"),
    # Redirections and heredocs.
    (
        "a >b 2>&1 </dev/null >>c 2>>d &>e >&f &>>g >|h <>i 2>&-",
        "[a] >b 2>&1 </dev/null >>c 2>>d &>e >&f &>>g >|h <>i 2>&-",
    ),
    ("echo 2>x 3 a2>z", "[echo 3 a2] 2>x >z"),
    ('cat <<<"$x y"', '[cat] <<<"<x>." y"'),
    ("cat < <(a)", "[cat] <<(a)"),
    (">x", "[] >x"),
    (
        'cat <<E\n$a ${b:-"c"} \\$d \\\\ \'e\' "f" $(g) `h` $((1))\\\ni\nE\nj',
        '[cat] <<"<a>." "."<b :- "c">." $d \\ \'e\' "f" "."$([g])." "."$([h])." ".((1))."i\\n" [j]',
    ),
    ("cat <<'E'\n$a `b` \\$\nE\n", '[cat] <<!"$a `b` \\$\\n"'),
    ('cat <<"E F"\n$a\nE F\n', '[cat] <<!"$a\\n"'),
    ("cat <<-E\n\t\ta\n\tE\nb", '[cat] <<"a\\n" [b]'),
    ("cat <<A <<B | c && d\na\nA\nb\nB\ne", '(&& (| [cat] <<"a\\n" <<"b\\n" [c]) [d]) [e]'),
    ("cat <<E \\\n| b\nx\nE\nc", '(| [cat] <<"x\\n" [b]) [c]'),
    ('x "$(cat <<E\n"q\nE\n)" y', '[x "$([cat] <<""q\\n") y]'),
    ("cat <<E\n${a\n$(b)\nE\n", '[cat] <<"${a\\n"."$([b])."\\n"'),
    # Comments.
    ("# own\na # after\n", "# own [a] #< after"),
    ("if a; then # t\n # o\n b # c\nfi # e", "(if [a] -> #< t # o [b] #< c) #< e"),
    # What can't be read costs its line.
    ("a\necho <user>@<host>\nb", "[a] ?'echo <user>@<host>' [b]"),
    ("a\nfi\nb", "[a] ?'fi' [b]"),
    ("a ;; b\nc", "[a] ?';; b' [c]"),
    ("a (b)\nc", "?'a (b)' [c]"),
    ("echo ${}\nc", "?'echo ${}' [c]"),
    ("{ coproc N {\n a\n}\n b; }", "(do ?'coproc N {\\n a\\n}' [b])"),
    ("if a; then\nb", "?'if a; then\\nb'"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_statements(text: str, expected: str) -> None:
    assert printed(text) == expected
