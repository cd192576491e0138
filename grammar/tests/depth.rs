//! No text makes the grammar run out of stack or time: what nests too deeply is refused before the grammar sees it.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use agentpass_grammar::{AgentPassParser, BracketProblem, MAX_DEPTH, Rule, chunk, layout, lex};
use pest::Parser;

/// The stack that threads have unless somebody asks for more.
const STACK: usize = 2 << 20;
const SIZE: usize = 100 << 10;

/// What became of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Outcome {
    /// The grammar accepts every item.
    Read,
    /// The grammar refuses an item, for what it says.
    Refused,
    /// An item nests too deeply; the grammar never sees it.
    TooDeep,
}

/// Reads a text on a small stack and wants it to be quick.
#[track_caller]
fn read(name: &str, text: String) -> Outcome {
    let start = Instant::now();
    let length = text.len();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let layout = layout(&text, lex(&text));
        let chunks = chunk(&text, &layout);
        let mut outcome = Outcome::Read;
        for item in &chunks.items {
            let (first, last) = (layout.tokens[item.tokens.start], layout.tokens[item.tokens.end - 1]);
            let view = &layout.view[first.start as usize..last.end as usize];
            if let Err(error) = AgentPassParser::parse(Rule::one_item, view) {
                assert!(!error.to_string().contains("stack limit"), "{error}");
                outcome = Outcome::Refused;
            }
        }
        if chunks.problems.iter().any(|problem| matches!(problem, BracketProblem::TooDeep(_))) {
            outcome = Outcome::TooDeep;
        }
        outcome
    });
    let outcome = thread.unwrap().join().unwrap();
    let took = start.elapsed();
    println!("{took:?} {outcome:?} {length} bytes: {name}");
    // A few hundred milliseconds in a debug build; the limit leaves room for busy machines.
    assert!(took < Duration::from_secs(5), "{name}: {took:?}");
    outcome
}

/// `before`, then `unit` as often as it fits or `count` times, then `after`, then `close` as often as `unit`.
fn nested(before: &str, unit: &str, after: &str, close: &str, count: usize) -> String {
    before.to_owned() + &unit.repeat(count) + after + &close.repeat(count)
}

/// Everything that nests: what begins the item, what is repeated, what stands inside, what closes.
const NESTS: &[(&str, &str, &str, &str)] = &[
    ("require ", "(", "a", ")"),
    ("require ", "[", "a", "]"),
    ("require ", "f(", "a", ")"),
    ("require ", "f(b, ", "a", ")"),
    ("require ", "a(b) + (", "a", ")"),
    ("require ", "(a or ", "a", ") and b"),
    ("require ", "not (", "a", ")"),
    ("require ", "- (", "a", ")"),
    ("require ", "not ", "a", ""),
    ("require ", "- ", "a", ""),
    ("require ", "not - ", "a", ""),
    ("require ", "each x in xs: ", "a", ""),
    ("require ", "some x in xs: ", "a", ""),
    ("require ", "each x in ", "a", ": b"),
    ("require ", "not each x in xs: ", "a", ""),
    ("require ", "each x in xs: (", "a", ")"),
    ("require ", "(some x in xs: a or ", "a", ")"),
    ("require ", "(a or some x in xs: a or ", "a", ")"),
    ("require ", "(not each x in xs: some y in x: a or ", "a", ")"),
    ("require ", "after t(x: ", "a", ") within 5m"),
    ("require ", "latest t(x: ", "a", ")"),
    ("require ", "latest t(x: ", "a", ") within 5m"),
    ("require ", "calls of t(x: ", "a", ") within 5m"),
    ("require ", "sum p of t(x: ", "a", ") within 5m"),
    ("require ", "calls of t within 5m with no t(x: ", "a", ") since"),
    ("require ", "distinct p of t(x: ", "a", ") within 5m"),
    ("require ", "in_flight of t(x: ", "a", ")"),
    ("require ", "after t within 5m with no t(x: ", "a", ") since"),
    ("set a: b = ", "[", "1", "]"),
    ("set a: b = ", "[[1] + ", "1", "]"),
    ("param a: ", "list<", "int", ">"),
    ("param a: ", "list<", "int", ", 0..>"),
    ("tool a(b: ", "list<", "int", ">"),
    ("test \"\" { call a { b: ", "[", "1", "]"),
    ("test \"\" { call a { b: ", "{ c: ", "1", " }"),
    ("test \"\" { call a { b: ", "[{ c: ", "1", " }]"),
    ("test \"\" { call a { b: ", "[[1] + ", "1", "]"),
    ("test \"\" { call a { b: ", "[1, [", "1", "]] + 1"),
    ("on ", "{", "a", "}"),
    ("on ", "{a, b", "a", "}"),
    ("on ", "x{a}.{", "a", "}"),
    ("", "when a { ", "deny", " }"),
    ("tool a() { ", "when a { ", "deny", " }"),
    ("tool a() { ", "when (some x in xs: a) { ", "deny", " }"),
];

/// Runs that are long, not deep.
const RUNS: &[(&str, &str, &str)] = &[
    ("require a", ".b", ""),
    ("require a", " + a", ""),
    ("require a", " and a", ""),
    ("require a", " ?? a", ""),
    ("require a", " == a", ""),
    ("require a", " - - a", ""),
    ("require a", " and not a", ""),
    ("require a", " and some", ""),
    ("require a", " and (some x in xs: b)", ""),
    ("require f(a", ", a", ")"),
    ("require f(a", ", each x in xs: b", ")"),
    ("require [", "a(b), ", "a]"),
    ("require after t within 5m", " with no t since", ""),
    ("require a", "(", ""),
    ("require a", " a", ""),
    ("require ", "after ", ""),
    ("require ", "latest ", ""),
    ("require ", "sum ", ""),
    ("require ", "has ", ""),
    ("require 1", "1", ""),
    ("require ", "1.", ""),
    ("require a", "b", ""),
    ("require \"a", "\\\"", "\""),
    ("require a matches /", "\\/", "/"),
    ("require a ", " ", "@"),
    ("require a\n", "// note\n", "  because \"b\""),
    ("require a", "\n", " and b"),
    ("deny ", " because \"a\"", ""),
    ("param a: ", "\"b\" | ", "\"c\""),
    ("param a: id", ".b", ""),
    ("label a", ", b", ""),
    ("set a: b = [1", ", 2", "]"),
    ("set a: b = [1", ", 2", "] + 3"),
    ("set a: b = [1", ", 2", ""),
    ("tool a(b: c", ", b: c", ")"),
    ("tool a(b: c", ", b: c", ""),
    ("tool a() {", " deny;", "}"),
    ("tool a() {", " deny;", ""),
    ("tool a() {", ";", "}"),
    ("tool a() {", "\n", "}"),
    ("on a", "*", " {}"),
    ("on ", "{a}", " {}"),
    ("on {a", ", a", "} {}"),
    ("on {a", ", a", ""),
    ("invokes a", ", a", ""),
    ("tool a() { invokes a", ", a", " }"),
    ("test \"\" { call a", " open", " }"),
    ("test \"\" { call a { b: 1", ", b: 1", " } }"),
    ("limit { calls at most 1", "; calls at most 1", " }"),
    ("limit { sum a of b(c: d", ", c: d", ") at most 1 }"),
    ("", "x", ""),
    ("", "when ", ""),
    ("", "when a { ", ""),
    ("", "tool a() {", ""),
    ("", "tool a() {\n", ""),
    ("", "limit ", ""),
];

#[test]
fn what_nests_to_the_cap_is_read() {
    for (before, unit, after, close) in NESTS {
        // Some units go several levels down, and some items have brackets around.
        let count = (MAX_DEPTH - 3) / levels(unit);
        let mut text = nested(before, unit, after, close, count);
        let mut open = Vec::new();
        for c in before.chars() {
            match c {
                '(' => open.push(')'),
                '{' => open.push('}'),
                ')' | '}' => drop(open.pop()),
                _ => {}
            }
        }
        text.extend(open.into_iter().rev());
        if before.starts_with("on ") {
            text.push_str(" {}");
        }
        assert_eq!(read(unit, text.clone()), Outcome::Read, "{text}");
    }
}

/// How many levels a unit goes down by words and prefixes.
fn levels(unit: &str) -> usize {
    ["(", "[", "{", "list<", "not ", "- ", "each ", "some "]
        .iter()
        .map(|part| unit.matches(part).count())
        .sum()
}

#[test]
fn what_nests_deeper_is_not_read() {
    for (before, unit, after, close) in NESTS {
        let count = SIZE / (unit.len() + close.len());
        assert_eq!(read(unit, nested(before, unit, after, close, count)), Outcome::TooDeep, "{unit}");
        // The same without an end.
        assert_eq!(read(unit, nested(before, unit, "", "", count)), Outcome::TooDeep, "{unit}");
    }
}

#[test]
fn a_mistake_deep_inside_costs_no_time() {
    for (before, unit, _, close) in NESTS {
        let count = (MAX_DEPTH - 3) / levels(unit);
        for mistake in ["@", "a a", ")", "1 1 \"", "", " ".repeat(SIZE).as_str()] {
            read(unit, nested(before, unit, mistake, close, count));
            read(unit, nested(before, unit, mistake, "", count));
        }
    }
}

#[test]
fn long_runs_take_no_time() {
    for (before, unit, after) in RUNS {
        let text = nested(before, unit, after, "", SIZE / unit.len());
        read(unit, text);
    }
}
