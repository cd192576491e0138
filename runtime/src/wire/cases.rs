//! Cases, one a line: what a text comes to.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use agentpass_ir::{Lookup, Verified};

use super::{Limits, Source, read};
use crate::eval;
use crate::frame::testing;

/// What the argument `x` comes to: its text, what is wrong with it, or the code of the refusal.
fn argument(contract: &Verified, tool: &str, json: &str) -> String {
    let call = format!("{{\"tool\":\"{tool}\",\"args\":{{\"x\":{json}}}}}");
    match read(contract, Source::Offline, &Limits::default(), call.as_bytes()) {
        Err(refusal) => refusal.code.to_owned(),
        Ok(call) if call.faults.is_empty() => {
            assert!(matches!(call.tool, Lookup::Known(_)), "{tool}");
            call.frame.params().next().unwrap().map_or("absent".to_owned(), eval::text)
        }
        Ok(call) => {
            let faults = call.faults.iter().map(|fault| fault.message.replace("the argument ", ""));
            faults.collect::<Vec<_>>().join("; ")
        }
    }
}

fn check(cases: &[(&str, &str, &str)]) {
    let contract = testing::contract();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(tool, json, expected)| {
            let found = argument(&contract, tool, json);
            (found != *expected).then(|| format!("{tool} {json}: {found:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn whole_numbers() {
    check(&[
        ("int", "0", "0"),
        ("int", "-0", "0"),
        ("int", "1.0", "1"),
        ("int", "1e2", "100"),
        ("int", "1E+2", "100"),
        ("int", "100e-2", "1"),
        ("int", "-12.50e1", "-125"),
        ("int", "9223372036854775807", "9223372036854775807"),
        ("int", "-9223372036854775808", "-9223372036854775808"),
        ("int", "9007199254740993", "9007199254740993"),
        ("int", "9223372036854775808", "`x` does not fit: out of range"),
        ("int", "1e400", "`x` does not fit: out of range"),
        ("int", "1e999999999999999", "`x` does not fit: out of range"),
        ("int", "1.5", "`x` does not fit: not an integer"),
        ("int", "1e-400", "`x` does not fit: not an integer"),
        ("int", "1e9999999999999999", "wire.number"),
        ("int", "NaN", "wire.number"),
        ("int", "-NaN", "wire.number"),
        ("int", "Infinity", "wire.number"),
        ("int", "-Infinity", "wire.number"),
        ("int", "01", "wire.number"),
        ("int", "-01", "wire.number"),
        ("int", "-", "wire.number"),
        ("int", "1.", "wire.number"),
        ("int", ".5", "wire.syntax"),
        ("int", "+1", "wire.syntax"),
        ("int", "1e", "wire.number"),
        ("int", "1e+", "wire.number"),
        ("int", "0x10", "wire.syntax"),
        ("int", "1_000", "wire.syntax"),
        ("int", "\"1\"", "`x` is not a number"),
        ("int", "null", "`x` is null"),
        ("int", "[1]", "`x` is not a number"),
        ("int", "true", "`x` is not a number"),
        ("int_bounded", "1", "1"),
        ("int_bounded", "9.0", "9"),
        ("int_bounded", "0", "`x` is less than 1"),
        ("int_bounded", "10", "`x` is more than 9"),
        ("int_text", "\"9007199254740993\"", "9007199254740993"),
        ("int_text", "7", "`x` is not a string"),
        ("int_text", "\"7.5\"", "`x` does not fit: not an integer"),
        ("int_choice", "4", "4"),
        ("int_choice", "4.0", "4"),
        ("int_choice", "3", "`x` is none of 1, 2, 4"),
    ]);
}

#[test]
fn decimals_and_amounts() {
    check(&[
        ("decimal", "0.1", "0.1"),
        ("decimal", "1e-18", "0.000000000000000001"),
        ("decimal", "1e-19", "`x` does not fit: more than eighteen fractional digits"),
        ("decimal", "1e21", "`x` does not fit: out of range"),
        ("decimal", "\"0.1\"", "`x` is not a number"),
        ("decimal_bounded", "0.5", "0.5"),
        ("decimal_bounded", "0", "`x` is not more than 0"),
        ("decimal_bounded", "1", "`x` is not less than 1"),
        ("decimal_text", "\"0.10\"", "0.1"),
        ("decimal_text", "0.1", "`x` is not a string"),
        ("decimal_text", "\" 0.1\"", "`x` does not fit: not a number"),
        ("cents", "4900", "$49"),
        ("cents", "4900.0", "$49"),
        ("cents", "1", "$0.01"),
        ("cents", "-1", "-$0.01"),
        ("cents", "1.5", "`x` does not fit: more digits than the unit has"),
        ("cents", "1e60", "`x` does not fit: out of range"),
        ("cents", "\"4900\"", "`x` is not a number"),
        ("yen", "500", "500 JPY"),
        ("money", "49", "$49"),
        ("money", "0.00000015", "$0.00000015"),
        ("money", "0.0000000001", "`x` does not fit: more digits than the unit has"),
        ("money", "1e400", "`x` does not fit: out of range"),
        ("euro", "5", "5.00 EUR"),
        ("money_text", "\"49.00\"", "$49"),
        ("money_text", "\"$49\"", "`x` does not fit: not an amount"),
        ("money_text", "\"NaN\"", "`x` does not fit: not an amount"),
        ("money_text", "49", "`x` is not a string"),
        ("priced", "0.02", "$0.02"),
        ("priced", "{\"amount\":\"0.02\",\"currency\":\"USD\"}", "$0.02"),
        ("priced", "{\"currency\":\"USD\",\"amount\":2}", "$2"),
        ("priced", "{\"amount\":\"0.02\",\"currency\":\"EUR\"}", "`x.currency` is not `USD`"),
        ("priced", "{\"amount\":\"0.02\",\"currency\":\"usd\"}", "`x.currency` is not `USD`"),
        ("priced", "{\"amount\":\"0.02\"}", "`x` is without its amount or its currency"),
        ("priced", "{\"amount\":null,\"currency\":\"USD\"}", "`x.amount` is not a string"),
        ("priced", "{\"amount\":\"2\",\"currency\":\"USD\",\"y\":1}", "`x.y` is not declared"),
        ("priced", "{\"amount\":\"2\",\"currency\":\"USD\",\"amount\":1}", "wire.duplicate_key"),
        ("priced", "\"0.02\"", "`x` is neither a number nor an amount with its currency"),
    ]);
}

#[test]
fn times() {
    check(&[
        ("duration", "\"1h30m\"", "1h30m"),
        ("duration", "\"90m\"", "1h30m"),
        ("duration", "90", "`x` is not a string"),
        ("duration", "\"-5m\"", "`x` does not fit: not a duration like `30m` or `1h30m`"),
        ("seconds", "90", "1m30s"),
        ("seconds", "1.5", "1s500ms"),
        ("seconds", "1e-10", "`x` does not fit: more precise than a nanosecond"),
        ("seconds", "1e18", "`x` does not fit: out of range"),
        ("seconds", "-1e18", "`x` does not fit: out of range"),
        ("timestamp", "\"2026-11-23T10:00:00+01:00\"", "2026-11-23T09:00:00Z"),
        ("timestamp", "\"2026-11-23\"", "`x` does not fit: not a timestamp like `2026-11-23T10:00:00Z`"),
        ("timestamp", "\"2026-02-30T10:00:00Z\"", "`x` does not fit: no such date or time"),
        ("millis", "1000", "1970-01-01T00:00:01Z"),
        ("millis", "0.5", "1970-01-01T00:00:00.0005Z"),
        ("millis", "\"1000\"", "`x` is not a number"),
    ]);
}

#[test]
fn texts() {
    check(&[
        ("text", "\"\"", ""),
        ("text", "\"a\\u0041\\n\\/\\\"\\\\\\b\\f\\r\\t\"", "aA\n/\"\\\u{8}\u{c}\r\t"),
        ("text", "\"\\ud83d\\ude00\"", "😀"),
        ("text", "\"ünï 日本\"", "ünï 日本"),
        ("text", "\"\\u0000\"", "\0"),
        ("text", "\"\u{7f}\"", "\u{7f}"),
        ("text", "\"\\ud83d\"", "wire.string"),
        ("text", "\"\\ude00\\ud83d\"", "wire.string"),
        ("text", "\"\\ud83dx\"", "wire.string"),
        ("text", "\"\\ud83d\\u0041\"", "wire.string"),
        ("text", "\"\\x41\"", "wire.string"),
        ("text", "\"\\u00g0\"", "wire.string"),
        ("text", "\"\\u+041\"", "wire.string"),
        ("text", "\"a\nb\"", "wire.string"),
        ("text", "\"a\tb\"", "wire.string"),
        ("text", "\"a", "wire.string"),
        ("text", "'a'", "wire.syntax"),
        ("text", "a", "wire.syntax"),
        ("text", "1", "`x` is not a string"),
        ("text", "null", "`x` is null"),
        ("text_bounded", "\"éé\"", "éé"),
        ("text_bounded", "\"日本日本\"", "日本日本"),
        ("text_bounded", "\"é\"", "`x` is shorter than 2 characters"),
        ("text_bounded", "\"ééééé\"", "`x` is longer than 4 characters"),
        ("text_searched", "\"ab12cd\"", "ab12cd"),
        ("text_searched", "\"ab1\"", "`x` does not fit: nothing in it matches /[0-9]{2}/"),
        ("id", "\"c1\"", "c1"),
        ("id", "\" c1\"", "`x` does not fit: a space, quote, control or non-ascii character in an id"),
        ("id", "\"\"", "`x` does not fit: empty"),
        ("id", "1", "`x` is not a string"),
        ("id_of_form", "\"cus_1a\"", "cus_1a"),
        ("id_of_form", "\"xcus_1a\"", "`x` does not fit: does not have the declared form"),
        ("choice", "\"dev\"", "dev"),
        ("choice", "\"d\\u0065v\"", "dev"),
        ("choice", "\"Dev\"", "`x` is none of \"dev\", \"production\""),
        ("folded", "\" PII \"", " PII "),
        ("bool", "true", "true"),
        ("bool", "false", "false"),
        ("bool", "1", "`x` is not true or false"),
        ("bool", "tru", "wire.syntax"),
        ("bool", "True", "wire.syntax"),
    ]);
}

#[test]
fn semantic_types() {
    check(&[
        ("email", "\"Anna@Example.COM\"", "anna@example.com"),
        ("email", "\"anna\"", "`x` does not fit: an address has exactly one `@`"),
        ("email", "\"a@b@c.example\"", "`x` does not fit: an address has exactly one `@`"),
        ("domain", "\"Bücher.Example.\"", "xn--bcher-kva.example"),
        ("domain", "\"127.0.0.1\"", "`x` does not fit: an IP address, not a domain"),
        ("domain", "\"https://example.com\"", "`x` does not fit: a domain has no `:`"),
        ("url", "\"HTTPS://Example.com:443/a/../b\"", "https://example.com/b"),
        (
            "url",
            "\"https://good.example@evil.example/\"",
            "`x` does not fit: a user name or password before the host",
        ),
        ("url", "\"/relative\"", "`x` does not fit: not an absolute address like `https://example.com/`"),
        ("path", "\"/a/./b/../c\"", "/a/c"),
        ("path", "\"a\\u0000b\"", "`x` does not fit: a nul character in a path"),
        ("path", "\"\"", "`x` does not fit: empty"),
        ("shell", "\"ls && git push\"", "ls && git push"),
        ("shell", "\"\"", ""),
    ]);
}

#[test]
fn lists_and_records() {
    check(&[
        ("numbers", "[]", ""),
        ("numbers", "[1, 2.0 ,3e0]", "1, 2, 3"),
        ("numbers", "[1,2,3,4]", "`x` is longer than 3"),
        ("numbers", "[1,\"2\",null]", "`x[1]` is not a number; `x[2]` is null"),
        ("numbers", "1", "`x` is not a list"),
        ("numbers", "[1,]", "wire.syntax"),
        ("numbers", "[,1]", "wire.syntax"),
        ("numbers", "[1 2]", "wire.syntax"),
        ("numbers", "[1", "wire.syntax"),
        ("texts", "[]", "`x` is empty"),
        ("items", "[{\"sku\":\"a\",\"price\":100}]", "{a, $1, 7}"),
        ("items", "[{\"price\":100,\"sku\":\"a\",\"note\":null,\"count\":2}]", "{a, $1, null, 2}"),
        ("items", "[{\"sku\":\"a\",\"price\":\"100\"}]", "`x[0].price` is not a number"),
        ("items", "[{\"sku\":\"a\",\"price\":1},{\"sku\":\"b\"}]", "`x[1].price` is missing"),
        ("items", "[{\"sku\":\"a\",\"price\":1,\"more\":1}]", "`x[0].more` is not declared"),
        ("items", "[{}]", "`x[0].sku` is missing; `x[0].price` is missing"),
        ("items", "[{\"sku\":\"a\",\"price\":1,\"sku\":\"b\"}]", "wire.duplicate_key"),
        ("items", "[{\"sku\":\"a\",\"price\":1,\"s\\u006bu\":\"b\"}]", "wire.duplicate_key"),
        ("items", "[[]]", "`x[0]` is not an object"),
        ("open_record", "{\"items\":[{\"sku\":\"a\",\"price\":1}],\"more\":{\"y\":[1]}}", "{{a, $0.01, 7}}"),
        (
            "open_record",
            "{\"items\":[{\"sku\":\"a\",\"price\":1,\"more\":1}]}",
            "`x.items[0].more` is not declared",
        ),
        ("nullable", "null", "null"),
        ("nullable", "1", "1"),
        ("nullable", "\"1\"", "`x` is not a number"),
        ("nullable", "nul", "wire.syntax"),
        ("null", "null", "null"),
        ("null", "0", "`x` is not null"),
        ("json", " { \"b\" : 1.0, \"a\" : [ 1e2, -0, \"\\u0041\" ] } ", "{\"a\":[100,0,\"A\"],\"b\":1}"),
        ("json", "null", "null"),
        ("json", "1e400", "1e400"),
        ("json", "{\"a\":{\"b\":1,\"b\":2}}", "wire.duplicate_key"),
        ("json", "[NaN]", "wire.number"),
        ("map", "{\"b\":[1.0],\"a\":[2]}", "{\"a\":[2],\"b\":[1]}"),
        ("map", "{}", "{}"),
        ("map", "{\"b\":[\"1\"],\"a\":[]}", "`x.b[0]` is not a number; `x.a` is empty"),
        ("map", "[]", "`x` is not an object"),
        ("any_of", "1.0", "1"),
        ("any_of", "\"1\"", "\"1\""),
        ("any_of", "[{\"price\":1,\"sku\":\"a\"}]", "[{\"price\":1,\"sku\":\"a\"}]"),
        ("any_of", "[{\"price\":1}]", "`x` does not fit: none of its 3 forms"),
        ("any_of", "null", "`x` does not fit: none of its 3 forms"),
    ]);
}

/// What a whole text comes to: `ok`, the codes and places of faults, or the code of the refusal.
fn call(contract: &Verified, text: &[u8]) -> String {
    match read(contract, Source::Offline, &Limits::default(), text) {
        Err(refusal) => refusal.code.to_owned(),
        Ok(call) if call.faults.is_empty() => match call.tool {
            Lookup::Known(_) => "ok".to_owned(),
            Lookup::Unknown => "unknown".to_owned(),
            Lookup::Ambiguous => "ambiguous".to_owned(),
        },
        Ok(call) => {
            let faults = call.faults.iter().map(|fault| format!("{} {}", fault.code, fault.path));
            faults.collect::<Vec<_>>().join("; ")
        }
    }
}

#[test]
fn calls() {
    let contract = testing::contract();
    let cases: &[(&str, &str)] = &[
        (r#"{"tool":"none"}"#, "ok"),
        (r#"{"tool":"none","args":{}}"#, "ok"),
        (" \t\r\n{ \"tool\" : \"none\" , \"args\" : { } } \n", "ok"),
        (r#"{"t\u006fol":"none"}"#, "ok"),
        (r#"{"args":{"a":1},"tool":"two"}"#, "ok"),
        (r#"{"args":{"a":"1","c":[{"d":1}]},"tool":"two"}"#, "signature.type a; signature.unknown c"),
        (r#"{"tool":"two"}"#, "signature.missing a"),
        (
            r#"{"tool":"two","args":{"b":1,"c":2,"d":3}}"#,
            "signature.type b; signature.unknown c; signature.unknown d; signature.missing a",
        ),
        (r#"{"tool":"two","args":{"a":null}}"#, "signature.type a"),
        (r#"{"tool":"nowhere","args":{"a":[{"b":1}]}}"#, "unknown"),
        (r#"{"tool":"nowhere","args":{"a":[{"b":1,"b":2}]}}"#, "wire.duplicate_key"),
        (r#"{"tool":"NONE"}"#, "unknown"),
        (r#"{"tool":"open","args":{"a":1,"zz":{"y":1}}}"#, "ok"),
        (r#"{"tool":"edit","args":{"text":"ls","file":"a/b"}}"#, "ok"),
        (r#"{"tool":"edit","args":{"text":"ls"}}"#, "ok"),
        (r#"{"tool":"edit","args":{"text":"ls","file":""}}"#, "signature.type file"),
        (r#"{"tool":"edit","args":{"text":"ls","file":1}}"#, "signature.type file"),
        // The head.
        (r#"{}"#, "wire.missing_tool"),
        (r#"{"args":{}}"#, "wire.missing_tool"),
        (r#"{"tool":1}"#, "wire.type"),
        (r#"{"tool":null}"#, "wire.type"),
        (r#"{"tool":"none","tool":"two"}"#, "wire.duplicate_key"),
        (r#"{"tool":"none","args":[]}"#, "wire.type"),
        (r#"{"tool":"none","args":null}"#, "wire.type"),
        (r#"{"tool":"none","Args":{}}"#, "wire.unknown_field"),
        (r#"{"tool":"none","via":["x"]}"#, "wire.unknown_field"),
        (r#"{"tool":"none","":1}"#, "wire.unknown_field"),
        (r#"{"tool":"none","id":1}"#, "wire.type"),
        (r#"{"tool":"none","id":"c-1"}"#, "ok"),
        (r#"{"tool":"none","at":"2026-11-23T10:00:00Z"}"#, "ok"),
        (r#"{"tool":"none","at":"yesterday"}"#, "wire.type"),
        (r#"{"tool":"none","at":0}"#, "wire.type"),
        (r#"{"tool":"none","agent":"a","tenant":"t","user":"u"}"#, "ok"),
        (r#"{"tool":"none","agent":null}"#, "wire.type"),
        (r#"{"tool":"none","user":["u"]}"#, "wire.type"),
        (r#"{"tool":"none","job":"j"}"#, "ok"),
        (r#"{"tool":"none","job":{"id":"j","as":"triage","with":{"customer_id":"c1"}}}"#, "ok"),
        (r#"{"tool":"none","job":{"id":"j","with":{"customer_id":" c1","more":1}}}"#, "job.type customer_id"),
        (r#"{"tool":"none","job":{"as":"triage"}}"#, "wire.type"),
        (r#"{"tool":"none","job":{"id":"j","kind":"triage"}}"#, "wire.unknown_field"),
        (r#"{"tool":"none","job":7}"#, "wire.type"),
        (r#"{"tool":"none","skill":"s"}"#, "ok"),
        (r#"{"tool":"none","skill":{"name":"s"}}"#, "ok"),
        (r#"{"tool":"none","skill":{"name":"s","digest":"sha256:00"}}"#, "wire.type"),
        (
            r#"{"tool":"none","skill":{"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}}"#,
            "wire.type",
        ),
        (
            r#"{"tool":"none","skill":{"name":"s","digest":"sha256:00000000000000000000000000000000000000000000000000000000000000Ff"}}"#,
            "ok",
        ),
        (r#"{"tool":"none","auth":{"issuer":"i","client":"c","scopes":["a"],"groups":[]}}"#, "ok"),
        (r#"{"tool":"none","auth":{"scopes":"a"}}"#, "wire.type"),
        (r#"{"tool":"none","auth":{"scopes":[1]}}"#, "wire.type"),
        (r#"{"tool":"none","auth":{"scope":["a"]}}"#, "wire.unknown_field"),
        (r#"{"tool":"none","auth":[]}"#, "wire.type"),
        (r#"{"tool":"none","host":{"tokens":12,"other":{"x":[1]}}}"#, "ok"),
        (r#"{"tool":"none","host":{"tokens":"12","cost":-1}}"#, "host.type tokens"),
        (r#"{"tool":"none","host":{"cost":{"amount":"x","currency":"USD"}}}"#, "host.type cost.amount"),
        (r#"{"tool":"none","host":{"other":{"x":1,"x":2}}}"#, "wire.duplicate_key"),
        (r#"{"tool":"none","host":{}}"#, "ok"),
        (r#"{"tool":"none","host":null}"#, "wire.type"),
        (r#"{"tool":"none","approvals":["apr_1"]}"#, "ok"),
        (r#"{"tool":"none","approvals":"apr_1"}"#, "wire.type"),
        (r#"{"tool":"none","approvals":[1]}"#, "wire.type"),
        // The text.
        ("", "wire.syntax"),
        (" ", "wire.syntax"),
        ("null", "wire.type"),
        ("[]", "wire.type"),
        ("\"tool\"", "wire.type"),
        ("{", "wire.syntax"),
        (r#"{"tool"}"#, "wire.syntax"),
        (r#"{"tool":}"#, "wire.syntax"),
        (r#"{"tool":"none",}"#, "wire.syntax"),
        (r#"{,"tool":"none"}"#, "wire.syntax"),
        (r#"{"tool":"none""id":"x"}"#, "wire.syntax"),
        (r#"{"tool" "none"}"#, "wire.syntax"),
        (r#"{tool:"none"}"#, "wire.syntax"),
        (r#"{"tool":"none"} x"#, "wire.trailing"),
        (r#"{"tool":"none"}{}"#, "wire.trailing"),
        (r#"{"tool":"none"},"#, "wire.trailing"),
        ("{\"tool\":\"none\"}\0", "wire.trailing"),
        ("\u{feff}{\"tool\":\"none\"}", "wire.syntax"),
        ("{\"tool\":\"none\"}\u{feff}", "wire.trailing"),
        ("{\u{a0}\"tool\":\"none\"}", "wire.syntax"),
        ("{\u{b}\"tool\":\"none\"}", "wire.syntax"),
        (r#"{"tool":"none"/**/}"#, "wire.syntax"),
        (r#"{"tool":"no\ud800ne"}"#, "wire.string"),
        (r#"{"t\udc00":1}"#, "wire.string"),
    ];
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(text, expected)| {
            let found = call(&contract, text.as_bytes());
            (found != *expected).then(|| format!("{text}: {found:?}, not {expected:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(call(&contract, b"{\"tool\":\"no\xffne\"}"), "wire.utf8");
    assert_eq!(call(&contract, b"{\"tool\":\"no\xed\xa0\x80ne\"}"), "wire.utf8");
    assert_eq!(call(&contract, b"\xef\xbb\xbf"), "wire.syntax");
}
