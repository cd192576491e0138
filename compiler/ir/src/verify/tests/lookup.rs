//! Names, patterns, and the digest.

use super::passes;
use crate::sample::{names, rich, small, tool};
use crate::verify::{Lookup, verify};
use crate::*;

#[test]
fn exact_names_come_before_families_and_these_before_the_rest() {
    let family = |written: &[&str]| Tool {
        name: ToolName::Family(written.concat(), names(written)),
        ..tool("", vec![])
    };
    let families = [family(&["a.*", "x"]), family(&["*.get"])];
    let verified = passes(|make| make.program.tools.extend(families.clone()));
    let known = |id| Lookup::Known(ToolId(id));
    assert_eq!(verified.tool("a"), known(0));
    assert_eq!(verified.tool("b"), known(1));
    assert_eq!(verified.tool("a.put"), known(2));
    assert_eq!(verified.tool("x"), known(2));
    assert_eq!(verified.tool("c.get"), known(3));
    assert_eq!(verified.tool("a.get"), Lookup::Ambiguous);
    for unknown in ["", "c", "A", "a.\u{202e}tup", "a.put ", "a.p\u{200b}t", "a.b.c", "a.b.get", "aa"] {
        assert_eq!(verified.tool(unknown), Lookup::Unknown, "{unknown}");
    }
    let otherwise = Tool { name: ToolName::Otherwise, ..tool("", vec![]) };
    let verified = passes(|make| {
        make.program.tools.extend(families);
        make.program.tools.push(otherwise);
    });
    assert_eq!(verified.tool("c"), known(4));
    for left in ["", " c", "c\u{200b}", "c\n", "a.\u{202e}tup"] {
        assert_eq!(verified.tool(left), known(4), "{left:?}");
    }
    assert_eq!(verified.tool("a.put"), known(2));
    assert_eq!(verified.tool("a.get"), Lookup::Ambiguous);
    assert_eq!(verified.tool("b"), known(1));
    assert_eq!(verify(Program::default()).unwrap().tool("a"), Lookup::Unknown);
}

#[test]
fn names_are_found() {
    let verified = verify(rich()).unwrap();
    assert_eq!(verified.event("Suspended"), Some(EventId(0)));
    assert_eq!(verified.event("suspended"), None);
    assert_eq!(verified.challenge("anyone"), Some(ChallengeId(2)));
    assert_eq!(verified.skill("none"), Some(SkillId(1)));
    assert_eq!(verified.skill(""), None);
}

#[test]
fn patterns_are_compiled() {
    let verified = verify(rich()).unwrap();
    let whole = verified.pattern("cus_[0-9a-z]+").unwrap();
    assert!(whole.is_match("cus_1") && !whole.is_match("a cus_1"));
    assert!(verified.pattern("^/|x").is_none() && verified.pattern("a").is_none());
    let somewhere = verified.search("^/|x").unwrap();
    for (text, found) in [("/a", true), ("a/", false), ("a\nx\nb", true), ("", false)] {
        assert_eq!(somewhere.is_match(text), found, "{text}");
    }
    assert!(verified.search("cus_[0-9a-z]+").is_none());
}

#[test]
fn the_digest_sees_all_but_places() {
    let digest = |program: Program| *verify(program).unwrap().digest();
    let as_it_is = digest(rich());
    assert_eq!(digest(rich()), as_it_is);
    let places = crate::digest::without_places(&rich()).unwrap();
    assert_eq!(digest(places), as_it_is);
    let mut moved = rich();
    moved.nodes[3].origin.line += 1;
    moved.rules[0].origin.start += 5;
    moved.limits[0].bounds[0].origin = Origin::NOWHERE;
    moved.files = vec!["c".to_owned(), "d".to_owned()];
    assert_eq!(digest(moved), as_it_is);

    type Change = fn(&mut Program);
    let changes: &[Change] = &[
        |program| program.contract.name.push('x'),
        |program| program.contract.params[0].1.push('x'),
        |program| program.contract.data[0].push('x'),
        |program| program.rules[0].because = None,
        |program| program.rules[0].id.push('x'),
        |program| program.limits[0].bounds[0].most += 1,
        |program| program.monitors[0].scope = Scope::Tenant,
        |program| program.tools[0].open = true,
        |program| program.guarded.clear(),
        |program| program.skills[0].digest = None,
        |program| program.challenges[0].count = 1,
        |program| program.host[1].wire.push('x'),
        |program| drop(program.schemas[0].demands.pop()),
    ];
    let mut digests = vec![as_it_is];
    for change in changes {
        let mut program = rich();
        change(&mut program);
        digests.push(digest(program));
    }
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), changes.len() + 1);
}

/// Whoever adds a place to a table has to add it to `places`: this sees one that was forgotten.
#[test]
fn no_place_is_left() {
    let line = "line: 70007";
    assert!(format!("{:?}", rich()).matches(line).count() > 30);
    assert_eq!(format!("{:?}", crate::digest::without_places(&rich()).unwrap()).matches(line).count(), 0);
    assert!(small().program.files.len() > 1);
}
