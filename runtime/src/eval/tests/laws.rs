//! What is decided while something is unknown stays decided, the same way, whatever it turns out to be.

use proptest::prelude::*;

use super::super::Nowhere;
use super::outcome;

/// Conditions in which `HOLE` is a number and `HOLES` a list that nobody knows all of.
fn conditions() -> impl Strategy<Value = String> {
    let number =
        prop_oneof![Just("HOLE".to_owned()), Just("n".to_owned()), (0_i64..4).prop_map(|k| k.to_string())];
    let number = prop_oneof![
        3 => number.clone(),
        1 => (prop::sample::select(vec!["+", "-", "*"]), number.clone(), number)
            .prop_map(|(op, a, b)| format!("({op} {a} {b})")),
        1 => Just("(count HOLES)".to_owned()),
    ];
    let list = prop::sample::select(vec!["HOLES", "(list 1 2)", "(join HOLES (list 3))", "[]"]);
    let compare = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let atom = prop_oneof![
        (compare.clone(), number.clone(), number.clone()).prop_map(|(op, a, b)| format!("({op} {a} {b})")),
        (number.clone(), list.clone()).prop_map(|(a, list)| format!("(among {a} {list})")),
        (list.clone(), list.clone()).prop_map(|(a, b)| format!("(== {a} {b})")),
        (prop::sample::select(vec!["each", "some"]), list, compare, number)
            .prop_map(|(word, list, op, a)| format!("({word} x {list} ({op} x {a}))")),
        Just("true".to_owned()),
        Just("(holds b)".to_owned()),
    ];
    atom.prop_recursive(2, 12, 3, |inner| {
        prop_oneof![
            (prop::sample::select(vec!["and", "or"]), prop::collection::vec(inner.clone(), 0..4))
                .prop_map(|(op, all)| format!("({op} {})", all.join(" "))),
            inner.clone().prop_map(|a| format!("(not {a})")),
            (prop::sample::select(vec!["each", "some"]), inner)
                .prop_map(|(word, a)| format!("({word} y HOLES {a})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 4 } else { 600 }))]

    #[test]
    fn what_is_decided_stays_decided(
        condition in conditions(),
        hole in -1_i64..5,
        holes in prop::collection::vec(0_i64..4, 0..3),
        begun in any::<bool>(),
    ) {
        let args = "'n': 2, 'b': true";
        // The element that nobody knows stands for any number of them, behind a known one or alone.
        let list: Vec<String> = [1].iter().filter(|_| begun).chain(&holes).map(ToString::to_string).collect();
        let (unknown, list) = match list.as_slice() {
            [] => ("(list ?int)", "[]".to_owned()),
            all => (if begun { "?ints" } else { "(list ?int)" }, format!("(list {})", all.join(" "))),
        };
        let fill = |number: &str, list: &str| condition.replace("HOLES", list).replace("HOLE", number);
        let before = outcome(&Nowhere, args, &fill("?int", unknown));
        let after = outcome(&Nowhere, args, &fill(&hole.to_string(), &list));
        prop_assert!(before == "undetermined" || before == after, "{condition}: {before}, then {after}");
        prop_assert_ne!(after, "undetermined");
    }

    #[test]
    fn negation_and_the_order_of_parts_are_lawful(a in conditions(), b in conditions()) {
        let args = "'n': 2, 'b': true";
        let truth = |source: &str| outcome(&Nowhere, args, &source.replace("HOLES", "?ints").replace("HOLE", "?int"));
        prop_assert_eq!(truth(&format!("(and {a} {b})")), truth(&format!("(and {b} {a})")));
        prop_assert_eq!(truth(&format!("(or {a} {b})")), truth(&format!("(not (and (not {a}) (not {b})))")));
        prop_assert_eq!(truth(&format!("(not (not {a}))")), truth(&a));
        prop_assert_eq!(truth(&format!("(and {a} {a})")), truth(&a));
        prop_assert_eq!(truth(&format!("(not (each x ?ints {a}))")), truth(&format!("(some x ?ints (not {a}))")));
    }
}
