"""Words: every quote, expansion, pattern and brace as bash reads it, one case a line."""

from __future__ import annotations

import pytest

from parse.printed import printed

CASES = [
    (r"""echo 'a b' "c $D e" f\ g""", '[echo "a b" "c "."<D>." e" f." ".g]'),
    (r"""echo $'h\n\x41' $"i" $"i $X" $'it\'s'""", '[echo "h\\nA" "i" "i "."<X> "it\'s"]'),
    ("scp f $USER@$HOST:$DIR v$V/a-$V.tgz", "[scp f <USER>.@.<HOST>.:.<DIR> v.<V>./a-.<V>..tgz]"),
    ("""echo $a"$b"c'd'""", '[echo <a>."<b>.c."d"]'),
    ('[ -n $"X" ]', '[[ -n "X" ]]'),
    (r'echo "\$x \\ \` \" \a"', r'[echo "$x \ ` " \a"]'),
    ("echo a\\\nb \"c\\\nd\" 'e\\\nf'", '[echo ab "cd" "e\\\\nf"]'),
    ("echo $ a$ $%", "[echo $ a$ $%]"),
    ("echo ~ ~/x a/~", "[echo ~ ~/x a/~]"),
    ("echo a#b '#c' #d", '[echo a#b "#c"] #<d'),
    ("echo é\u00a0x", "[echo é\u00a0x]"),
    # Parameters.
    (
        "echo ${X:-$(a b)} ${X-} ${X:=c} ${X:?no d} ${X:+e}",
        "[echo <X :- $([a b])> <X - _> <X := c> <X :? no d> <X :+ e>]",
    ),
    ("echo ${a[@]} ${a[$i]} ${a[${b[0]}]} ${a[@]:$n}", "[echo <a[@]> <a[$i]> <a[${b[0]}]> <a[@] : <n>>]"),
    ("echo ${#X} ${#a[@]} ${#} ${##} ${#?}", "[echo <X length> <a[@] length> <#> <# length> <? length>]"),
    ("echo ${!X} ${!#} ${!a[@]} ${!X*} ${!X:-d}", "[echo <X !> <# !> <a[@] !> <X !*> <X !:- d>]"),
    ("echo $? $$ $! $- ${?} ${!} ${!:-x}", "[echo <?> <$> <!> <-> <?> <!> <! :- x>]"),
    ("echo $1 $10 ${10} ${@:2}", "[echo <1> <1>.0 <10> <@ : 2>]"),
    ("echo ${X//a/b} ${X/#a/b} ${X/%a/b} ${X/a}", "[echo <X // a/b> <X /# a/b> <X /% a/b> <X / a>]"),
    (
        "echo ${X%.*} ${X##*/} ${X^^} ${X,} ${X@Q} ${X: -1}",
        "[echo <X % .*> <X ## */> <X ^^ _> <X , _> <X @ Q> <X :  -1>]",
    ),
    (r'''echo "${X%'}'}" "${X//\//-}"''', '[echo "<X % "}"> "<X // "/"./->]'),
    (r'''echo "${X:-'a'}" "${X:-"b c"}" "${X:-a\}b}"''', '[echo "<X :- "\'a\'"> "<X :- "b c"> "<X :- "a}b">]'),
    ("echo ${a:-'}'} ${a:-}}", '[echo <a :- "}"> <a :- _>.}]'),
    # Substitutions and arithmetic.
    ('echo "$(a "b $(c "d")")"', '[echo "$([a "b "."$([c "d"])])]'),
    (r"""echo `a \`b\`` "`c \"d\"`" `e \$x`""", '[echo $([a $([b])]) "$([c "d"]) $([e <x>])]'),
    ("echo $(a && b; c | d)", "[echo $((&& [a] [b]) (| [c] [d]))]"),
    (
        "echo $((1 + (2))) $[3 + a[0]] $((a); (b)) $( (c) )",
        "[echo ((1 + (2))) ((3 + a[0])) $((sub [a]) (sub [b])) $((sub [c]))]",
    ),
    ('diff <(a "b)") >(c)', '[diff <(a "b)") >(c)]'),
    ('echo "a <(b)"', '[echo "a <(b)"]'),
    # Braces and patterns.
    ("echo {a,b}c {1..3} {a,b{c,d}} {01..03} {1..9..4} {c..a}", "[echo ac bc 1 2 3 a bc bd 01 02 03 1 5 9 c b a]"),
    ("cp f{,.bak} {,x}", "[cp f f.bak x]"),
    ('echo "{a,b}" {a} {} \\{a,b} ${X}{a,b} {$X,"c d"}', '[echo "{a,b}" {a} {} "{".a,b} <X>.a <X>.b <X> "c d"]'),
    ("A={a,b}", "A={a,b}"),
    ("ls *.sh [a-z]? !(a|b) +([0-9])", "[ls *.sh [a-z]? !(a|b) +([0-9])]"),
    ('ls @(a|"b c"|$d)', '[ls @(a|."b c".|.<d>.)]'),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_words(text: str, expected: str) -> None:
    assert printed(text) == expected


@pytest.mark.parametrize("count", [51, 5_000])
def test_too_many_braces_are_left_alone(count: int) -> None:
    assert printed("echo " + "{a,b}" * count) == "[echo " + "{a,b}" * count + "]"
