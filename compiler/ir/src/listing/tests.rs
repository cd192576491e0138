//! The listing says everything that decides.

use super::listing;
use crate::sample::{Make, rich};
use crate::verify::verify;
use crate::*;

#[test]
fn everything_is_listed() {
    insta::assert_snapshot!(listing(&rich()));
}

#[test]
fn places_are_not_listed() {
    let program = rich();
    assert_eq!(listing(&crate::digest::without_places(&program).unwrap()), listing(&program));
}

/// Changes each byte of a program: what is still a program, and not the same one, has another listing.
#[test]
fn what_differs_is_listed_differently() {
    let program = crate::digest::without_places(&rich()).unwrap();
    let (listed, bytes) = (listing(&program), postcard::to_stdvec(&program).unwrap());
    let mut changed = 0;
    for at in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        let Ok((other, [])) = postcard::take_from_bytes::<Program>(&bytes) else { continue };
        let Ok(other) = verify(other) else { continue };
        // Places may have come back; and a folded word is the same in another spelling.
        let other = crate::digest::without_places(other.program()).unwrap();
        if other != program {
            changed += 1;
            assert_ne!(listing(&other), listed, "byte {at}: {:?}", difference(&other, &program));
        }
    }
    assert!(changed > 200, "{changed}");
}

/// What two programs show differently, to find out what a listing lacks.
fn difference(other: &Program, program: &Program) -> Option<(String, String)> {
    let (a, b) = (format!("{other:#?}"), format!("{program:#?}"));
    let pair = a.lines().zip(b.lines()).find(|(a, b)| a != b)?;
    Some((pair.0.to_owned(), pair.1.to_owned()))
}

#[test]
fn broken_programs_can_be_looked_at() {
    let mut make = Make::default();
    let circle = make.truth(Op::Not(NodeId(0)));
    let missing = make.truth(Op::All(vec![NodeId(9), circle]));
    make.node(Op::Const(ConstId(3)), Ty::Int);
    make.program.rules.push(crate::sample::rule("r", &[4], Effect::Require, missing));
    let listed = listing(&make.program);
    assert!(listed.contains("require all(?, not(not("), "{listed}");
    assert_eq!(super::expr(&make.program, NodeId(2)), "?");
    assert_eq!(super::expr(&make.program, NodeId(7)), "?");
    // What is shared is written out each time, but not for ever.
    let mut node = make.truth(Op::Known(true));
    for _ in 0..100 {
        node = make.truth(Op::All(vec![node, node]));
    }
    assert!(super::expr(&make.program, node).len() < 2_000_000);
}

#[test]
fn texts_cannot_be_mistaken() {
    let mut make = Make::default();
    let quoted = make.text("a\" b");
    let folded = make.of(Value::Folded(agentpass_values::Folded::new("a")), Ty::Folded);
    assert_eq!(super::expr(&make.program, quoted), r#""a\" b""#);
    assert_eq!(super::expr(&make.program, folded), r#"folded "a""#);
    let star = make.truth(Op::Named(ToolPattern {
        alternatives: vec![
            vec![Piece::Text("a*|".to_owned()), Piece::Star],
            vec![Piece::Text("b\\".to_owned())],
        ],
    }));
    assert_eq!(super::expr(&make.program, star), r"named(a\*\|*|b\\)");
}

#[test]
fn types_have_names() {
    assert_eq!(Ty::list(Ty::Money(crate::sample::euro())).to_string(), "list<money<EUR>>");
    assert_eq!(Ty::Past(MonitorId(3)).to_string(), "call of m3");
}
