#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use agentpass_values::{
    Currency, Decimal, Domain, Duration, Email, Folded, Glob, Money, PathValue, Pattern, Shell, TimeRange,
    TimeSet, Timestamp, WebUrl, Zone,
};
use proptest::prelude::*;

use super::*;

fn of(value: &Value) -> Digest {
    let mut hash = Sha256::new();
    hash.value(value);
    hash.finish()
}

#[test]
fn the_published_examples_hold() {
    for (text, digest) in [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ] {
        let mut hash = Sha256::new();
        hash.update(text.as_bytes());
        assert_eq!(hex(&hash.finish()), digest);
    }
}

#[test]
fn spellings_of_one_value_share_a_digest() {
    for (a, b) in [
        (Value::Folded(Folded::new("PII ")), Value::Folded(Folded::new("pii"))),
        (Value::Path(PathValue::parse("/a/./b").unwrap()), Value::Path(PathValue::parse("/a/b").unwrap())),
        (Value::Decimal(Decimal::parse("1.0").unwrap()), Value::Decimal(Decimal::parse("1e0").unwrap())),
    ] {
        assert_eq!(of(&a), of(&b));
    }
}

#[test]
fn kinds_are_told_apart() {
    let shell = |text: &str| Value::Shell(Box::new(Shell::parse(text)), text.into());
    let commands = |text: &str| match Shell::parse(text).commands.as_slice() {
        [command] => Value::Command(Box::new(command.clone())),
        _ => Value::Unknown,
    };
    let values = [
        Value::Null,
        Value::Unknown,
        Value::Bool(false),
        Value::Bool(true),
        Value::Int(0),
        Value::Int(1),
        Value::Decimal(Decimal::ONE),
        Value::Money(Money::zero(Currency::USD)),
        Value::Money(Money::zero(Currency::parse("EUR").unwrap())),
        Value::Duration(Duration::from_nanos(1)),
        Value::Timestamp(Timestamp::from_nanos(1)),
        Value::Text("a".into()),
        Value::Text("example.com".into()),
        Value::Folded(Folded::new("a")),
        Value::Email(Email::parse("a@example.com").unwrap()),
        Value::Domain(Domain::parse("example.com").unwrap()),
        Value::Url(WebUrl::parse("https://example.com").unwrap()),
        Value::Path(PathValue::parse("a").unwrap()),
        Value::Path(PathValue::parse("~").unwrap()),
        Value::Path(PathValue::parse("./~").unwrap()),
        Value::Glob(Glob::parse("a").unwrap()),
        Value::Pattern(Pattern::new("a").unwrap()),
        Value::Times(Box::new(TimeSet { zone: Zone::utc(), ranges: vec![TimeRange::parse("mon").unwrap()] })),
        Value::Times(Box::new(TimeSet { zone: Zone::utc(), ranges: Vec::new() })),
        Value::Json("a".into()),
        shell("a"),
        shell("a b"),
        commands("a"),
        commands("a b"),
        commands("a $x"),
        commands("a >b"),
        commands("a >>b"),
        commands("a 2>b"),
        commands("X=b a"),
        Value::List(Vec::new()),
        Value::List(vec![Value::List(Vec::new())]),
        Value::List(vec![Value::Text("a".into())]),
        Value::List(vec![Value::Text("a".into()), Value::Text("".into())]),
        Value::Record(Vec::new()),
        Value::Record(vec![None]),
        Value::Record(vec![Some(Value::Null)]),
        Value::Record(vec![None, None]),
    ];
    let digests: std::collections::BTreeSet<Digest> = values.iter().map(of).collect();
    assert_eq!(digests.len(), values.len());
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-2_i64..3).prop_map(Value::Int),
        (-2_i128..3).prop_map(|units| Value::Decimal(Decimal::from_units(units))),
        "[ab\u{0}]{0,3}".prop_map(|text| Value::Text(text.into())),
        "[aA ]{0,3}".prop_map(|text| Value::Folded(Folded::new(&text))),
        "[ab]{0,3}".prop_map(|text| Value::Json(text.into())),
        "[a./~]{1,4}".prop_map(|text| Value::Path(PathValue::parse(&text).unwrap())),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List),
            prop::collection::vec(prop::option::of(inner), 0..3).prop_map(Value::Record),
        ]
    })
}

proptest! {
    #[test]
    fn two_values_share_a_digest_only_if_they_are_equal(a in values(), b in values()) {
        prop_assert_eq!(of(&a) == of(&b), a == b);
    }

    #[test]
    fn no_sequence_of_values_is_another(
        a in prop::collection::vec(values(), 0..4),
        b in prop::collection::vec(values(), 0..4),
    ) {
        let of_all = |all: &[Value]| {
            let mut hash = Sha256::new();
            all.iter().for_each(|value| hash.value(value));
            hash.finish()
        };
        prop_assert_eq!(of_all(&a) == of_all(&b), a == b);
    }
}

proptest! {
    #[test]
    fn pieces_are_fed_in_their_order(pieces in proptest::collection::vec(
        prop_oneof![0_usize..4, 30_usize..34, 50_usize..70, 115_usize..125, 236_usize..242], 0..12,
    )) {
        let mut hash = Sha256::new();
        let mut whole = Vec::new();
        for (number, size) in pieces.into_iter().enumerate() {
            let piece = vec![number as u8; size];
            hash.update(&piece);
            whole.extend(piece);
            // What was fed so far, and a copy of it, say the same.
            let expected: Digest = sha2::Sha256::digest(&whole).into();
            prop_assert_eq!(hash.clone().finish(), expected);
        }
    }

    #[test]
    fn other_texts_are_another_digest(
        one in proptest::collection::vec((0_usize..3, prop_oneof![0_usize..3, 252_usize..260]), 0..4),
        other in proptest::collection::vec((0_usize..3, prop_oneof![0_usize..3, 252_usize..260]), 0..4),
    ) {
        let texts = |all: &[(usize, usize)]| -> Vec<String> {
            all.iter().map(|(letter, size)| ["a", "\0", "\u{1}"][*letter].repeat(*size)).collect()
        };
        let (one, other) = (texts(&one), texts(&other));
        let list = |all: &[String]| Value::List(all.iter().map(|text| Value::Text(text.as_str().into())).collect());
        prop_assert_eq!(of(&list(&one)) == of(&list(&other)), one == other);
        let feed = |all: &[String]| {
            let mut hash = Sha256::new();
            all.iter().for_each(|text| hash.text(text));
            hash.finish()
        };
        prop_assert_eq!(feed(&one) == feed(&other), one == other);
    }
}

#[test]
fn a_long_text_does_not_look_like_two() {
    // What a text of 255 bytes or more is written behind: 255, and its size in eight bytes.
    for size in [253_usize, 254, 255, 256, 257, 511, 512] {
        let long = "a".repeat(size);
        for cut in [0, 8, 9, size.min(255), size - 1] {
            let (one, other) = long.split_at(cut);
            let mut whole = Sha256::new();
            whole.text(&long);
            let mut parts = Sha256::new();
            parts.text(one);
            parts.text(other);
            assert_ne!(whole.finish(), parts.finish(), "{size} at {cut}");
        }
    }
    // What would stand there, were the size of a long one left out.
    for size in [254_usize, 255, 256, 300] {
        let long = "a".repeat(size);
        for more in ["", "b", "bb"] {
            let hidden = format!("{long}{}{more}", char::from(more.len() as u8));
            let mut one = Sha256::new();
            one.text(&long);
            one.text(more);
            let mut other = Sha256::new();
            other.text(&hidden);
            assert_ne!(one.finish(), other.finish(), "{size} {more}");
        }
    }
}
