use proptest::prelude::*;

use super::*;

fn key(parts: &[Option<&str>]) -> Key {
    Key::build(Kind::Job, |key| parts.iter().for_each(|part| _ = key.text(*part)))
}

#[test]
fn parts_do_not_run_into_each_other() {
    assert_ne!(key(&[Some("a"), Some("bc")]), key(&[Some("ab"), Some("c")]));
    assert_ne!(key(&[None, Some("")]), key(&[Some(""), None]));
    assert_ne!(key(&[Some("1")]), Key::build(Kind::Job, |key| _ = key.value(&Value::Int(1))));
}

#[test]
fn the_rows_of_a_job_are_known_by_their_keys() {
    let long = "x".repeat(300);
    for (tenant, job) in [(None, "j"), (Some("acme"), "case-1"), (Some("acme"), &*long), (Some(&*long), "j")]
    {
        for more in ["", "more", &long] {
            let key = Key::build(Kind::Tally, |key| _ = key.of_job(tenant, job).text(Some(more)));
            assert!(key.as_bytes().len() <= MAX_KEY);
            assert!(OfJob::new(tenant, job).has(key.as_bytes()), "{tenant:?} {job} {more}");
            assert!(!OfJob::new(tenant, "other").has(key.as_bytes()));
            assert!(!OfJob::new(Some("other"), job).has(key.as_bytes()));
            let other = Key::build(Kind::Tally, |key| {
                key.of_all(tenant).text(Some(job)).text(Some(more));
            });
            assert!(!OfJob::new(tenant, job).has(other.as_bytes()) && other != key);
        }
    }
}

#[test]
fn long_keys_are_bounded_and_still_differ() {
    let long = "x".repeat(1 << 16);
    let one = key(&[Some(&long)]);
    let other = key(&[Some(&format!("{long}y"))]);
    assert!(one.as_bytes().len() <= MAX_KEY && one != other);
}

#[test]
fn a_long_text_does_not_look_like_two() {
    for size in [109_usize, 110, 111, 112, 253, 254, 255, 256, 257, 300] {
        let long = "x".repeat(size);
        for more in [None, Some(""), Some("x"), Some("\u{1}")] {
            // What would stand there, were the sizes left out of one or the other.
            let (behind, text) = (more.map_or(0, |text| text.len() as u8 + 1), more.unwrap_or(""));
            let behind = char::from(behind);
            let hidden = format!("{long}{behind}{text}");
            assert_ne!(key(&[Some(&long), more]), key(&[Some(&hidden)]), "{size} {more:?}");
            let before = format!("{behind}{text}{long}");
            assert_ne!(key(&[more, Some(&long)]), key(&[Some(&before)]), "{size} {more:?}");
        }
        for cut in [1, 8, 9, size - 1] {
            let (one, other) = long.split_at(cut);
            assert_ne!(key(&[Some(one), Some(other)]), key(&[Some(&long)]));
        }
    }
}

/// One key of each kind that rows of jobs have.
fn rows_of(tenant: Option<&str>, job: &str, more: &str) -> Vec<Key> {
    let kinds = [Kind::Tally, Kind::Watch, Kind::Seen, Kind::Made];
    let all = kinds.map(|kind| Key::build(kind, |key| _ = key.of_job(tenant, job).text(Some(more))));
    all.into_iter().collect()
}

fn own(tenant: Option<&str>, job: &str) -> Key {
    Key::build(Kind::Job, |key| _ = key.own_of_job(tenant, job))
}

/// A text of about a size at which keys are written in another way; some begin as sizes, or as what follows a kind.
fn text() -> impl Strategy<Value = String> {
    let size = prop_oneof![0_usize..4, 40_usize..60, 98_usize..114, 250_usize..260, Just(65_536)];
    let letter =
        proptest::sample::select(vec!['a', '\0', '\u{1}', '\u{2}', 'j', '\u{7f}', '\u{fe}', '\u{ff}']);
    (size, letter, letter_pair()).prop_map(|(size, first, rest)| {
        let mut text = String::new();
        while text.len() < size {
            text.push(if text.is_empty() { first } else { rest });
        }
        text
    })
}

fn letter_pair() -> impl Strategy<Value = char> {
    proptest::sample::select(vec!['x', '\u{1}'])
}

fn maybe() -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.7, text())
}

proptest! {
    #[test]
    fn other_parts_are_another_key(
        one in proptest::collection::vec(maybe(), 0..4),
        other in proptest::collection::vec(maybe(), 0..4),
        fixed in any::<[u8; 2]>(),
    ) {
        let build = |parts: &[Option<String>]| {
            Key::build(Kind::Once, |key| {
                key.fixed(&fixed);
                parts.iter().for_each(|part| _ = key.text(part.as_deref()));
            })
        };
        prop_assert_eq!(build(&one) == build(&other), one == other);
        prop_assert_eq!(build(&one).hash() == build(&other).hash(), one == other);
        prop_assert!(build(&one).as_bytes().len() <= MAX_KEY);
    }

    #[test]
    fn values_are_told_apart_whatever_their_kind(
        one in proptest::collection::vec(text(), 1..3),
        other in any::<i64>(),
    ) {
        let key = |values: &[Value]| Key::build(Kind::Once, |key| _ = key.values(values));
        let texts: Vec<Value> = one.iter().map(|text| Value::Text(text.as_str().into())).collect();
        let folded: Vec<Value> =
            one.iter().map(|text| Value::Folded(agentpass_values::Folded::new(text))).collect();
        prop_assert_ne!(key(&texts), key(&folded));
        prop_assert_ne!(key(&texts), key(&[Value::Int(other)]));
        prop_assert_ne!(key(&texts), key(&[Value::List(texts.clone())]));
        prop_assert_ne!(key(&texts), key(&[texts.clone(), vec![Value::Bool(true)]].concat()));
        // An integer that looks like a text, and the other way round.
        let looks = String::from_utf8_lossy(&other.to_le_bytes()).into_owned();
        prop_assert_ne!(key(&[Value::Int(other)]), key(&[Value::Text(looks.as_str().into())]));
    }

    #[test]
    fn a_job_has_its_own_rows_and_no_others(
        (tenant, job) in (maybe(), text()),
        (other_tenant, other_job) in (maybe(), text()),
        more in text(),
    ) {
        let (tenant, other_tenant) = (tenant.as_deref(), other_tenant.as_deref());
        let same = (tenant, &job) == (other_tenant, &other_job);
        let named = OfJob::named_by(&own(tenant, &job)).unwrap();
        for of in [OfJob::new(tenant, &job), named] {
            for key in rows_of(tenant, &job, &more) {
                prop_assert!(of.has(key.as_bytes()));
            }
            for key in rows_of(other_tenant, &other_job, &more) {
                prop_assert_eq!(of.has(key.as_bytes()), same);
            }
            let all = Key::build(Kind::Tally, |key| _ = key.of_all(tenant).text(Some(&job)).text(Some(&more)));
            prop_assert!(!of.has(all.as_bytes()) && !of.has(own(tenant, &job).as_bytes()));
        }
        prop_assert_eq!(own(tenant, &job) == own(other_tenant, &other_job), same);
    }
}
