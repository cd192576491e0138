//! The tables.

use super::super::{MAX_STEPS, Nowhere};
use super::{check, outcome};

#[test]
fn connectives_are_kleene_s() {
    // `n` is absent: an atom over it is undetermined. `n + max` fails.
    check(&[
        ("", "(and)", "true"),
        ("", "(or)", "false"),
        ("", "(and true (> n 1))", "undetermined"),
        ("", "(and false (> n 1))", "false"),
        ("", "(and (> n 1) false)", "false"),
        ("", "(or true (> n 1))", "true"),
        ("", "(or false (> n 1))", "undetermined"),
        ("", "(not (> n 1))", "undetermined"),
        ("", "(not (not true))", "true"),
        ("'n': 1", "(and true (> (+ n 9223372036854775807) 1))", "failed"),
        ("'n': 1", "(and false (> (+ n 9223372036854775807) 1))", "false"),
        ("'n': 1", "(or true (> (+ n 9223372036854775807) 1))", "true"),
        ("'n': 1", "(or (> m 1) (> (+ n 9223372036854775807) 1))", "failed"),
        ("'b': true", "(holds b)", "true"),
        ("'b': false", "(holds b)", "false"),
        ("", "(holds b)", "undetermined"),
    ]);
}

#[test]
fn absence_is_seen_by_has_and_or_else_alone() {
    check(&[
        ("", "(has n)", "false"),
        ("'n': 0", "(has n)", "true"),
        ("'nul': null", "(has nul)", "true"),
        ("'nul': null", "(null? nul)", "true"),
        ("'nul': 1", "(null? nul)", "false"),
        ("", "(null? nul)", "undetermined"),
        ("'nul': null", "(== nul 1)", "undetermined"),
        ("'nul': null", "(not (== nul 1))", "undetermined"),
        ("'nul': null", "(== (+ nul 1) 1)", "undetermined"),
        ("'nul': null", "(?? nul 3)", "null"),
        ("", "(?? n 3)", "3"),
        ("'n': 4", "(?? n 3)", "4"),
        ("", "(?? n m)", "absent"),
        ("", "(?? (+ n 1) 3)", "3"),
        ("'n': 1", "(?? (+ n 9223372036854775807) 3)", "failed"),
        ("", "(has (+ n 1))", "false"),
        ("'n': 1", "(has (+ n 9223372036854775807))", "failed"),
        ("", "(has ?int)", "true"),
        ("", "(?? ?int 3)", "unknown"),
        ("", "(== ?int 3)", "undetermined"),
        ("", "(has (past 'c9'))", "undetermined"),
        ("", "n", "absent"),
    ]);
}

#[test]
fn equality_goes_by_type() {
    check(&[
        ("'n': 1.0", "(== n 1)", "true"),
        ("'n': 2", "(!= n 1)", "true"),
        ("'s': 'a'", "(== s 'a')", "true"),
        ("'s': 'A'", "(== s 'a')", "false"),
        ("'f': ' PII '", "(== f fold:pii)", "true"),
        ("'s': ' PII '", "(== (folded s) fold:pii)", "true"),
        ("'mail': 'A@X.example'", "(== (.local mail) 'a')", "true"),
        ("'dom': 'Example.com.'", "(== dom dom:example.com)", "true"),
        ("'dom': 'www.example.com'", "(== dom dom:example.com)", "false"),
        ("'s': 'EXAMPLE.com'", "(== (domain s) dom:example.com)", "true"),
        ("'s': 'not a domain'", "(== (domain s) dom:example.com)", "undetermined"),
        ("'path': '/a/./b'", "(== path path:/a/b)", "true"),
        ("'path': '/a/c'", "(== path path:/a/b)", "false"),
        ("'path': 'b'", "(== path path:/a/b)", "undetermined"),
        ("'path': '../b'", "(== path path:b)", "undetermined"),
        ("'ns': [1, 2]", "(== ns (list 1 2))", "true"),
        ("'ns': [2, 1]", "(== ns (list 1 2))", "false"),
        ("'ns': [1]", "(== ns (list 1 2))", "false"),
        ("'ns': [1, 2]", "(== ns ?ints)", "undetermined"),
        ("'nuls': [1, null]", "(== nuls (list 1 2))", "undetermined"),
        ("'nuls': [2, null]", "(== nuls (list 1 2))", "false"),
        ("'pay': 5", "(== pay $5)", "true"),
        ("'b': true", "(== b (bool true))", "true"),
    ]);
}

#[test]
fn order_and_arithmetic_are_exact() {
    check(&[
        ("'n': 1", "(< n 2)", "true"),
        ("'n': 2", "(<= n 2)", "true"),
        ("'n': 2", "(> n 2)", "false"),
        ("'n': 2", "(>= n 3)", "false"),
        ("'d': 0.1", "(== (+ d 0.2) 0.3)", "true"),
        ("'n': 3", "(< (decimal n) 3.5)", "true"),
        ("'d': 0.5", "(* $10 d)", "$5"),
        ("'pay': 99.99", "(<= pay $100)", "true"),
        ("'pay': 0.000000001", "(* pay 0.5)", "failed"),
        ("'pay': 5", "(- $2 pay)", "-$3"),
        ("'pay': 5", "(neg pay)", "-$5"),
        ("'n': -9223372036854775808", "(neg n)", "failed"),
        ("'n': -9223372036854775808", "(- n 1)", "failed"),
        ("'n': 4611686018427387904", "(* n 2)", "failed"),
        ("'n': 3", "(* (- n 1) (+ n 1))", "8"),
        ("'span': '1h'", "(+ span span:30m)", "1h30m"),
        ("'span': '1h'", "(* span 3)", "3h"),
        ("'span': '1h'", "(< span span:61m)", "true"),
        ("'at': '2026-11-23T11:00:00Z'", "(- at now)", "1h"),
        ("'at': '2026-11-23T11:00:00Z'", "(>= at now)", "true"),
        ("'at': '2026-11-23T11:00:00Z'", "(- at span:1h)", "2026-11-23T10:00:00Z"),
        ("'at': '2262-04-11T23:00:00Z'", "(+ at span:1d)", "failed"),
        ("'at': '2262-04-11T23:00:00Z'", "(> (+ at span:1d) now)", "failed"),
    ]);
}

#[test]
fn lists_are_joined_counted_and_searched() {
    check(&[
        ("'ns': [1, 2]", "(count ns)", "2"),
        ("'ns': []", "(count ns)", "0"),
        ("", "(count ns)", "absent"),
        ("", "(count ?ints)", "unknown"),
        ("'ns': [1, 2]", "(join ns (list 3))", "1, 2, 3"),
        ("'n': 1", "(list n m)", "1, ?"),
        ("'n': 1", "(among n (list 1 2))", "true"),
        ("'n': 3", "(among n (list 1 2))", "false"),
        ("'n': 1", "(among n ?ints)", "true"),
        ("'n': 3", "(among n ?ints)", "undetermined"),
        ("", "(among n (list 1 2))", "undetermined"),
        ("'n': 1", "(among n [])", "false"),
        ("'n': 1", "(among n nuls)", "undetermined"),
        ("'n': 1, 'nuls': [null, 1]", "(among n nuls)", "true"),
        ("'n': 2, 'nuls': [null, 1]", "(among n nuls)", "undetermined"),
        ("'mails': ['a@x.example', 'b@y.example']", "(.domain mails)", "x.example, y.example"),
        (
            "'items': [{'sku': 'a', 'price': 1, 'tags': ['x', 'y']}, {'sku': 'b', 'tags': ['z']}]",
            "(.tags items)",
            "x, y, z",
        ),
        (
            "'items': [{'sku': 'a', 'price': 1, 'tags': ['x']}, {'sku': 'b', 'tags': ['z']}]",
            "(.price items)",
            "1",
        ),
        ("'s': 'é日'", "(length s)", "2"),
        ("'f': ' a '", "(length f)", "3"),
    ]);
}

#[test]
fn quantifiers_look_at_every_element() {
    let two = "'items': [{'sku': 'x', 'price': 1, 'tags': ['t']}, {'sku': 'y', 'price': 9, 'tags': ['t']}]";
    check(&[
        ("'ns': [1, 2]", "(each x ns (> x 0))", "true"),
        ("'ns': [1, -2]", "(each x ns (> x 0))", "false"),
        ("'ns': [1, -2]", "(some x ns (> x 0))", "true"),
        ("'ns': []", "(each x ns (> x 0))", "true"),
        ("'ns': []", "(some x ns (> x 0))", "false"),
        ("", "(each x ns (> x 0))", "undetermined"),
        ("", "(each x ?ints (> x 0))", "undetermined"),
        ("", "(each x ?ints (< x 0))", "false"),
        ("", "(some x ?ints (> x 0))", "true"),
        ("", "(some x ?ints (< x 0))", "undetermined"),
        // The unknown element may stand for none: even what is true of anything is not known of it.
        ("", "(some x ?ints (or true (> x 5)))", "true"),
        ("", "(some x ?ints (and (> x 1) true))", "undetermined"),
        ("", "(each x ?ints true)", "undetermined"),
        ("'nuls': [null]", "(each x nuls (> x 0))", "undetermined"),
        ("'nuls': [null]", "(each x nuls (or (null? x) (> x 0)))", "true"),
        ("'nuls': [null, 1]", "(some x nuls (> x 0))", "true"),
        // One element has to have both.
        (two, "(some i items (and (== (.sku i) 'x') (> (.price i) 5)))", "false"),
        (two, "(and (some i items (== (.sku i) 'x')) (some i items (> (.price i) 5)))", "true"),
        ("'ns': [1, 2]", "(each x ns (some y ns (== (+ x y) 3)))", "true"),
        ("'ns': [1, 3]", "(each x ns (some y ns (== (+ x y) 4)))", "true"),
        ("'ns': [1, 2]", "(some x ns (> (+ x 9223372036854775806) 0))", "true"),
        ("'ns': [0, 2]", "(each x ns (> (+ x 9223372036854775806) 0))", "failed"),
    ]);
}

#[test]
fn what_lies_in_what() {
    check(&[
        ("'dom': 'a.example.com'", "(in dom dom:example.com)", "true"),
        ("'dom': 'evil-example.com'", "(in dom dom:example.com)", "false"),
        ("'dom': 'a.example.com'", "(in-any dom (list dom:x.example dom:example.com))", "true"),
        ("", "(in dom dom:example.com)", "undetermined"),
        ("'doms': ['a.example.com', 'x.org']", "(each d doms (in d dom:example.com))", "false"),
        ("'s': 'a.example.com'", "(in (domain s) dom:example.com)", "true"),
        ("'path': '/p/src/x'", "(in path path:/p)", "true"),
        ("'path': '/p/../etc'", "(in path path:/p)", "false"),
        ("'path': 'src/x'", "(in path path:/p)", "undetermined"),
        ("'path': '../x'", "(in path path:src)", "undetermined"),
        ("'path': '/p/.env'", "(in path glob:**/.env)", "true"),
        ("'path': '/home/anna/.ssh/id'", "(in path glob:~/.ssh/**)", "undetermined"),
        ("'path': '/p/x.rs'", "(in-any path (list glob:/q/** glob:/p/*.rs))", "true"),
        ("'paths': ['/p/a', 'b']", "(each x paths (in x path:/p))", "undetermined"),
        ("'at': '2026-11-23T10:00:00Z'", "(in at times:mon..fri_09:00..17:00)", "true"),
        ("'at': '2026-11-22T10:00:00Z'", "(in at times:mon..fri_09:00..17:00)", "false"),
        ("", "(in now times:mon..fri_09:00..17:00)", "true"),
        ("'s': 'ab12'", "(matches s re:[a-z]+[0-9]+)", "true"),
        ("'s': 'ab12!'", "(matches s re:[a-z]+[0-9]+)", "false"),
        ("'s': ' AB12 '", "(matches s re:[a-z]+[0-9]+)", "false"),
        ("'s': ' AB12 '", "(matches (folded s) re:[a-z]+[0-9]+)", "true"),
        ("", "(matches s re:x)", "undetermined"),
        ("'path': '/p'", "(/ path path:.git)", "/p/.git"),
        ("'path': '/p', 's': 'a/b'", "(/ path s)", "/p/a/b"),
        ("'path': '/p', 's': '../x'", "(/ path s)", "failed"),
        ("'path': '/p', 's': '/x'", "(in path (/ path s))", "failed"),
    ]);
}

#[test]
fn addresses_have_parts() {
    check(&[
        ("'url': 'https://Shop.example.com/a/%2e%2e/b?q'", "(.host url)", "shop.example.com"),
        ("'url': 'https://shop.example.com/a/%2e%2e/b?q'", "(.path url)", "/b"),
        ("'url': 'https://shop.example.com/'", "(.port url)", "443"),
        ("'url': 'http://shop.example.com:8080/'", "(.port url)", "8080"),
        ("'url': 'HTTP://x.example/'", "(.scheme url)", "http"),
        ("'url': 'http://127.0.0.1/'", "(.host url)", "unknown"),
        ("'url': 'http://127.0.0.1/'", "(in (.host url) dom:example.com)", "undetermined"),
        ("'url': 'http://127.0.0.1/'", "(has (.host url))", "true"),
        ("'url': 'git+ssh://x.example/'", "(.port url)", "unknown"),
        ("'mail': 'Anna@Example.com'", "(.domain mail)", "example.com"),
        ("'s': 'a/../b', 'n': 3", "(segments s n)", "/a%2F..%2Fb/3"),
        ("'s': '', 'n': 3", "(segments s n)", "unknown"),
        ("'n': 3", "(segments s n)", "absent"),
        ("", "(segments ?int)", "unknown"),
    ]);
}

#[test]
fn command_lines_have_commands() {
    let line = |text: &str| format!("'sh': '{text}'");
    let cases: &[(&str, &str, &str)] = &[
        ("ls && git push", "(count (.commands sh))", "2"),
        ("ls && git push", "(some c (.commands sh) (== (.program c) 'git'))", "true"),
        ("git status -s", "(each c (.commands sh) (in-any c (list cmd:git_status cmd:git_diff)))", "true"),
        ("git status > x", "(each c (.commands sh) (in c cmd:git_status))", "false"),
        ("git push", "(each c (.commands sh) (in-any c (list cmd:git_status cmd:git_diff)))", "false"),
        ("git $x", "(each c (.commands sh) (in c cmd:git_status))", "undetermined"),
        ("$x", "(some c (.commands sh) (== (.program c) 'rm'))", "undetermined"),
        ("echo hi; $x", "(some c (.commands sh) (== (.program c) 'echo'))", "true"),
        ("rm -rf x", "(some c (.commands sh) (some f (.flags c) (== f 'r')))", "true"),
        ("rm x", "(some c (.commands sh) (some f (.flags c) (== f 'r')))", "false"),
        ("rm $x", "(some c (.commands sh) (some f (.flags c) (== f 'r')))", "undetermined"),
        ("rm -r $x", "(some c (.commands sh) (among 'r' (.flags c)))", "true"),
        ("rm $x", "(some c (.commands sh) (> (count (.args c)) 0))", "undetermined"),
        ("cat /p/a", "(each c (.commands sh) (each x (.paths c) (in x path:/p)))", "true"),
        ("cat $x", "(each c (.commands sh) (each x (.paths c) (in x path:/p)))", "undetermined"),
        ("echo > /etc/x", "(some c (.commands sh) (some x (.redirects c) (in x path:/etc)))", "true"),
        ("cd /p && echo > x", "(.redirects (.commands sh))", "/p/x"),
        ("echo > $x", "(some c (.commands sh) (some x (.redirects c) (in x path:/etc)))", "undetermined"),
        ("echo > ~/x", "(.redirects (.commands sh))", "?"),
        ("echo 2>&1", "(count (.redirects (.commands sh)))", "0"),
        ("ls", "(understood sh)", "true"),
        ("ls $x", "(understood sh)", "false"),
        ("ls; rm $x", "(some c (.commands sh) (not (understood c)))", "true"),
        ("ls", "(each c (.commands sh) (understood c))", "true"),
        ("rm -rf x", "(.commands sh)", "rm -rf x"),
    ];
    let args: Vec<String> = cases.iter().map(|(text, ..)| line(text)).collect();
    let cases: Vec<_> = cases.iter().zip(&args).map(|((_, e, r), args)| (args.as_str(), *e, *r)).collect();
    check(&cases);
}

#[test]
fn the_past_is_known_as_far_as_the_world_says() {
    check(&[
        ("'id': 'c1'", "(calls id)", "2"),
        ("'id': 'c2'", "(calls id)", "unknown"),
        ("'id': 'c2'", "(< (calls id) 5)", "true"),
        ("'id': 'c2'", "(< (calls id) 3)", "undetermined"),
        ("'id': 'c2'", "(< (calls id) 2)", "false"),
        ("'id': 'c2'", "(<= (calls id) 4)", "true"),
        ("'id': 'c2'", "(> (calls id) 1)", "true"),
        ("'id': 'c2'", "(> (calls id) 4)", "false"),
        ("'id': 'c2'", "(>= (calls id) 3)", "undetermined"),
        ("'id': 'c2'", "(== (calls id) 3)", "undetermined"),
        ("'id': 'c2'", "(== (calls id) 5)", "false"),
        ("'id': 'c2'", "(!= (calls id) 5)", "true"),
        ("'id': 'c1'", "(== (calls id) 2)", "true"),
        ("'id': 'c2'", "(< (+ (calls id) 1) 6)", "true"),
        ("'id': 'c2'", "(< (- 10 (calls id)) 6)", "false"),
        ("'id': 'c2'", "(<= (* (calls id) -2) -4)", "true"),
        ("'id': 'c2'", "(< (neg (calls id)) -1)", "true"),
        ("'id': 'c2'", "(< (?? (calls id) 0) 5)", "true"),
        ("'id': 'c3'", "(>= (calls id) 0)", "true"),
        ("'id': 'c3'", "(> (+ (calls id) 1) 0)", "failed"),
        ("'id': 'c9'", "(< (calls id) 5)", "undetermined"),
        ("", "(< (calls id) 5)", "undetermined"),
        ("'id': 'c1'", "(< (decimal (calls id)) 2.5)", "true"),
        ("'id': 'c2'", "(< (decimal (calls id)) 9.5)", "undetermined"),
        ("'id': 'c1'", "(sum id)", "$50"),
        ("'id': 'c2'", "(<= (sum id) $60)", "undetermined"),
        ("'id': 'c1'", "(== (open id) 1)", "true"),
        ("'id': 'c2'", "(== (open id) 1)", "undetermined"),
        ("'id': 'c1'", "(has (past id))", "true"),
        ("'id': 'c2'", "(has (past id))", "true"),
        ("'id': 'c3'", "(has (past id))", "false"),
        ("'id': 'c9'", "(has (past id))", "undetermined"),
        ("", "(has (past id))", "undetermined"),
        ("'id': 'c1'", "(.s (past id))", "ok"),
        ("'id': 'c1'", "(.n (past id))", "absent"),
        ("'id': 'c1'", "(- now (.at (past id)))", "1h"),
        ("'id': 'c2'", "(== (.s (past id)) 'ok')", "undetermined"),
        ("'id': 'c3'", "(?? (.s (past id)) 'none')", "none"),
        ("'id': 'c9'", "(?? (.s (past id)) 'none')", "unknown"),
        ("'id': 'c9'", "(?? (.s (past id)) s)", "maybe absent"),
        ("'id': 'c1'", "(after id)", "true"),
        ("'id': 'c1'", "(after id 'c2')", "false"),
        ("'id': 'c2'", "(after id)", "false"),
        ("", "(after id)", "undetermined"),
        ("'id': 'c1'", "(after id s)", "undetermined"),
    ]);
}

#[test]
fn the_rest_of_the_world() {
    check(&[
        ("", "digest", "sha256:00"),
        ("", "labels", "PII, untrusted"),
        ("", "(among 'untrusted' labels)", "true"),
        ("", "(carries pii)", "true"),
        ("", "(carries secret)", "false"),
        ("", "(carries pii CRM)", "true"),
        ("", "(carries pii web)", "false"),
        ("", "(named t.*)", "true"),
        ("", "(named *)", "false"),
        ("", "(named t.call)", "true"),
        ("'js': {'b': 1, 'a': 1.0}", "js", "{\"a\":1,\"b\":1}"),
    ]);
    for source in ["now", "digest", "labels", "(calls 'c1')", "(sum 'c1')", "(open 'c1')"] {
        assert_eq!(outcome(&Nowhere, "", source), "unknown", "{source}");
    }
    assert_eq!(outcome(&Nowhere, "", "(past 'c1')"), "maybe absent");
    for source in ["(carries pii)", "(after 'c1')", "(has (past 'c1'))"] {
        assert_eq!(outcome(&Nowhere, "", source), "undetermined", "{source}");
    }
}

#[test]
fn work_is_bounded() {
    let numbers = (0..4000).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let args = format!("'ns': [{numbers}]");
    assert_eq!(outcome(&Nowhere, &args, "(each x ns (among x ns))"), "failed");
    assert_eq!(outcome(&Nowhere, &args, "(each x ns (some y ns (== x y)))"), "failed");
    assert_eq!(outcome(&Nowhere, &args, "(each x ns (among x (list 1 2)))"), "false");
    const { assert!(MAX_STEPS < 4000 * 4000) };
    // As deep as the verifier lets anything be.
    let deep = format!("{}(> n 0){}", "(not ".repeat(180), ")".repeat(180));
    assert_eq!(outcome(&Nowhere, "'n': 1", &deep), "true");
    let deep = format!("{}n{}", "(+ 1 ".repeat(180), ")".repeat(180));
    assert_eq!(outcome(&Nowhere, "'n': 1", &format!("(== {deep} 181)")), "true");
}
