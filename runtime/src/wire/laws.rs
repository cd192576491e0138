//! Laws over generated documents.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::float_arithmetic, reason = "what floats are compared by")]

use std::fmt::Write;

use proptest::prelude::*;

use super::reader::Reader;
use super::{Limits, Source, read};
use crate::frame::{canonical, testing};

/// JSON as a tree, to be written in many ways.
#[derive(Clone, Debug)]
enum Json {
    Word(&'static str),
    Number(String),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["null", "true", "false"]).prop_map(Json::Word),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,3})?".prop_map(Json::Number),
        "[a-c\\\\\"/\u{0}-\u{20}\u{7f}-\u{a0}é日😀]{0,6}".prop_map(Json::Text),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::Array),
            prop::collection::btree_map("[a-e]{0,2}", inner, 0..5)
                .prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

/// How to write a tree: a stream of choices.
struct Style(Vec<u8>, usize);

impl Style {
    fn draw(&mut self, below: usize) -> usize {
        self.1 += 1;
        self.0.get(self.1 % self.0.len().max(1)).map_or(0, |&byte| usize::from(byte) % below)
    }

    fn blank(&mut self, out: &mut String) {
        out.push_str(["", " ", "\n\t", "\r\n "][self.draw(4)]);
    }

    fn text(&mut self, out: &mut String, text: &str) {
        out.push('"');
        for c in text.chars() {
            let must = matches!(c, '"' | '\\' | '\0'..='\u{1f}');
            if must || self.draw(4) == 0 {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            } else {
                out.push(c);
            }
        }
        out.push('"');
    }

    fn write(&mut self, out: &mut String, json: &Json) {
        self.blank(out);
        match json {
            Json::Word(text) => out.push_str(text),
            Json::Number(text) => out.push_str(text),
            Json::Text(text) => self.text(out, text),
            Json::Array(all) => {
                out.push('[');
                for (at, element) in all.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    self.write(out, element);
                }
                self.blank(out);
                out.push(']');
            }
            Json::Object(fields) => {
                out.push('{');
                let from = if fields.is_empty() { 0 } else { self.draw(fields.len()) };
                let turned = fields.iter().cycle().skip(from).take(fields.len());
                for (at, (key, value)) in turned.enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    self.blank(out);
                    self.text(out, key);
                    self.blank(out);
                    out.push(':');
                    self.write(out, value);
                }
                self.blank(out);
                out.push('}');
            }
        }
        self.blank(out);
    }
}

fn styled(json: &Json, style: Vec<u8>) -> String {
    let mut out = String::new();
    Style(style, 0).write(&mut out, json);
    out
}

fn styles() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 1..40)
}

fn read_canonically(text: &str) -> Result<String, &'static str> {
    let mut out = String::new();
    let mut reader = Reader::new(text, &Limits::default());
    canonical(&mut reader, &mut out).and_then(|()| reader.end()).map_err(|refusal| refusal.code)?;
    Ok(out)
}

fn skips(text: &str) -> bool {
    let mut reader = Reader::new(text, &Limits::default());
    reader.skip().and_then(|()| reader.end()).is_ok()
}

/// Text that is nearly JSON.
fn nearly() -> impl Strategy<Value = String> {
    let broken =
        (json(), styles(), any::<prop::sample::Index>(), "[\\[\\]{}:,\"\\\\a-f0-9.eE+\\- \u{0}é]{0,2}")
            .prop_map(|(json, style, at, put)| {
                let mut text = styled(&json, style);
                let mut at = at.index(text.len() + 1);
                while !text.is_char_boundary(at) {
                    at -= 1;
                }
                let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
                text.replace_range(at..end, &put);
                text
            });
    prop_oneof![broken, "[\\[\\]{}:,\"\\\\a-fu0-9.eE+\\- ]{0,24}"]
}

/// Documented: where we are stricter than `serde_json`, which keeps the last of two keys.
fn is_stricter(code: &str) -> bool {
    matches!(code, "wire.duplicate_key" | "wire.too_deep")
}

/// As `serde_json` sees it, with numbers as text, whatever their size.
fn theirs(text: &str) -> bool {
    let number = |error: &serde_json::Error| error.to_string().starts_with("number out of range");
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(_) => true,
        // It cannot hold 1e400, which is JSON all the same; what follows in the text it has not seen.
        Err(error) => number(&error),
    }
}

proptest! {
    #[test]
    fn blanks_escapes_and_the_order_of_keys_never_count(json in json(), a in styles(), b in styles()) {
        let (a, b) = (styled(&json, a), styled(&json, b));
        let canonical = read_canonically(&a);
        prop_assert!(canonical.is_ok(), "{}", a);
        prop_assert_eq!(&canonical, &read_canonically(&b));
        prop_assert!(skips(&a));
        let canonical = canonical.unwrap();
        prop_assert_eq!(read_canonically(&canonical), Ok(canonical.clone()), "what is canonical stays as it is");
    }

    #[test]
    fn frames_and_digests_go_by_meaning(json in json(), a in styles(), b in styles(), head in styles()) {
        let contract = testing::contract();
        let call = |style: Vec<u8>, head: Vec<u8>| {
            let args = Json::Object(vec![
                ("a".to_owned(), Json::Number("1".to_owned())),
                ("more".to_owned(), json.clone()),
                ("box".to_owned(), Json::Object(vec![
                    ("more".to_owned(), json.clone()),
                    ("items".to_owned(), Json::Array(vec![Json::Object(vec![
                        ("price".to_owned(), Json::Number("1.0".to_owned())),
                        ("sku".to_owned(), Json::Text("a".to_owned())),
                    ])])),
                ])),
            ]);
            let call = Json::Object(vec![
                ("tool".to_owned(), Json::Text("open".to_owned())),
                ("args".to_owned(), args),
                ("user".to_owned(), Json::Text("u".to_owned())),
            ]);
            let text = styled(&call, style.into_iter().chain(head).collect());
            read(&contract, Source::Offline, &Limits::default(), text.as_bytes()).unwrap()
        };
        let (a, b) = (call(a, head), call(b, vec![0]));
        prop_assert_eq!(&a.faults, &vec![]);
        prop_assert_eq!(crate::digest::of_call(&a.name, &a.frame), crate::digest::of_call(&b.name, &b.frame));
        prop_assert_eq!(a.frame, b.frame);
    }

    #[test]
    fn any_bytes_are_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let contract = testing::contract();
        if let Err(refusal) = read(&contract, Source::Offline, &Limits::default(), &bytes) {
            prop_assert!(super::CODES.contains(&refusal.code));
            prop_assert!(refusal.at <= bytes.len());
        }
    }

    #[test]
    fn any_arguments_are_an_answer(json in nearly(), tool in 0_usize..46) {
        let contract = testing::contract();
        let tools = &contract.program().tools;
        let agentpass_ir::ToolName::Exact(name) = &tools[tool % tools.len()].name else { unreachable!() };
        for key in ["x", "a", "box"] {
            let text = format!("{{\"tool\":\"{name}\",\"args\":{{\"{key}\":{json}}}}}");
            let _ = read(&contract, Source::Offline, &Limits::default(), text.as_bytes());
        }
    }

    #[test]
    fn what_is_json_is_agreed_upon(text in nearly()) {
        let ours = read_canonically(&text);
        prop_assert_eq!(ours.is_ok(), skips(&text));
        match ours {
            Ok(_) => prop_assert!(theirs(&text), "only we accept {}", text),
            Err(code) if is_stricter(code) => {}
            Err(code) => {
                let they = serde_json::from_str::<serde_json::Value>(&text).is_ok();
                prop_assert!(!they, "{}: only we refuse {}", code, text);
            }
        }
    }

    #[test]
    fn what_is_written_canonically_means_the_same(json in json(), style in styles()) {
        let text = styled(&json, style);
        let ours = read_canonically(&text).unwrap();
        if let Ok(theirs) = serde_json::from_str::<serde_json::Value>(&text) {
            let again: serde_json::Value = serde_json::from_str(&ours).unwrap();
            prop_assert!(same(&theirs, &again), "{} became {}", text, ours);
        }
    }
}

/// Whether two values are the same. Numbers are compared as floats, nearly: `serde_json` tells 1 from 1.0, and is off by a bit now
/// and then.
fn same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-10 * a.abs(),
            _ => false,
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}
