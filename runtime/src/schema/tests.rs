use agentpass_values::Pattern;

use super::*;

/// Schemas by number; the first is the root.
#[track_caller]
fn judge(schemas: Vec<Vec<Demand>>, json: &str) -> Result<(), (&'static str, String)> {
    let schemas: Vec<Schema> = schemas.into_iter().map(|demands| Schema { demands }).collect();
    check(&schemas, SchemaId(0), json).map_err(|fault| (fault.code, fault.path))
}

fn properties(named: &[(&str, u32)], rest: Option<u32>) -> Demand {
    let named = named.iter().map(|(name, id)| ((*name).into(), SchemaId(*id))).collect();
    Demand::Properties { named, matching: Vec::new(), rest: rest.map(SchemaId) }
}

#[test]
fn silence_is_closed_at_every_depth() {
    let schemas = || vec![vec![properties(&[("a", 1)], None)], vec![properties(&[("b", 2)], None)], vec![]];
    assert_eq!(judge(schemas(), r#"{"a": {"b": [1]}}"#), Ok(()));
    assert_eq!(judge(schemas(), r#"{"x": 1}"#), Err(("signature.unknown", "x".to_owned())));
    assert_eq!(judge(schemas(), r#"{"a": {"c": 1}}"#), Err(("signature.unknown", "a.c".to_owned())));
    // An object of which nothing is said is open; the arguments themselves never are.
    assert_eq!(judge(vec![vec![properties(&[("a", 1)], None)], vec![]], r#"{"a": {"c": 1}}"#), Ok(()));
    assert_eq!(judge(vec![vec![]], r#"{"c": 1}"#), Err(("signature.unknown", "c".to_owned())));
    assert_eq!(judge(vec![vec![properties(&[], Some(1))], vec![]], r#"{"c": 1}"#), Ok(()));
}

#[test]
fn what_any_applied_schema_lists_is_declared() {
    let any = Demand::Any(vec![SchemaId(1), SchemaId(2)]);
    let branch = |name| vec![properties(&[(name, 3)], None), Demand::Required(vec![name.into()])];
    let schemas = || vec![vec![properties(&[("a", 3)], None), any.clone()], branch("b"), branch("c"), vec![]];
    assert_eq!(judge(schemas(), r#"{"a": 1, "b": 1}"#), Ok(()));
    assert_eq!(judge(schemas(), r#"{"b": 1, "c": 1}"#), Ok(()));
    assert_eq!(judge(schemas(), r#"{"a": 1}"#), Err(("signature.missing", "b".to_owned())));
    assert_eq!(judge(schemas(), r#"{"b": 1, "d": 1}"#), Err(("signature.unknown", "d".to_owned())));
}

#[test]
fn conditions_are_read_the_standards_way() {
    // What has a `kind` of 1 needs an `x`.
    let condition = vec![properties(&[("kind", 1)], None), Demand::Required(vec!["kind".into()])];
    let schemas = || {
        vec![
            vec![
                properties(&[("kind", 4), ("x", 4), ("y", 4)], None),
                Demand::If { condition: SchemaId(2), then: Some(SchemaId(3)), otherwise: None },
            ],
            vec![Demand::Cases(vec!["1".into()])],
            condition.clone(),
            vec![Demand::Required(vec!["x".into()])],
            vec![],
        ]
    };
    assert_eq!(judge(schemas(), r#"{"kind": 1.0, "y": 2}"#), Err(("signature.missing", "x".to_owned())));
    assert_eq!(judge(schemas(), r#"{"kind": 2, "y": 2}"#), Ok(()));
}

#[test]
fn schemas_may_lead_back_to_themselves() {
    let tree = || {
        vec![
            vec![Demand::Kinds(vec![Kind::Object]), properties(&[("child", 0), ("n", 1)], None)],
            vec![Demand::Kinds(vec![Kind::Integer])],
        ]
    };
    assert_eq!(judge(tree(), r#"{"child": {"child": {"n": 3}}}"#), Ok(()));
    let path = "child.child.n".to_owned();
    assert_eq!(judge(tree(), r#"{"child": {"child": {"n": "3"}}}"#), Err(("signature.type", path)));
    // A circle that never comes to a value ends all the same.
    assert_eq!(judge(vec![vec![Demand::Same(SchemaId(0))]], "{}").unwrap_err().0, "signature.type");
    let explosion = vec![vec![Demand::All(vec![SchemaId(0), SchemaId(0)]), Demand::Never]];
    assert_eq!(judge(explosion, "{}").unwrap_err().0, "signature.type");
    let explosion = vec![vec![Demand::Any(vec![SchemaId(0), SchemaId(0)])]];
    assert_eq!(judge(explosion, "{}").unwrap_err().0, "signature.type");
}

#[test]
fn each_keyword_demands_what_it_says() {
    let value = |demands: Vec<Demand>, json: &str| {
        let schemas = vec![
            vec![properties(&[("v", 1)], None)],
            demands,
            vec![Demand::Kinds(vec![Kind::String])],
            vec![],
        ];
        judge(schemas, &format!("{{\"v\": {json}}}")).is_ok()
    };
    let text = |text: &str| text.into();
    let two = SchemaId(2);
    for (demand, yes, no) in [
        (Demand::Never, vec![], vec!["null"]),
        (Demand::Kinds(vec![Kind::Integer]), vec!["1", "1.0", "1e2"], vec!["1.5", "\"1\"", "true"]),
        (Demand::Kinds(vec![Kind::Null, Kind::Boolean]), vec!["null", "false"], vec!["0"]),
        (Demand::Cases(vec![text("[1,{\"a\":2}]")]), vec!["[1.0, {\"a\": 2}]"], vec!["[{\"a\": 2}, 1]"]),
        (Demand::One(vec![two, SchemaId(3)]), vec!["1"], vec!["\"x\""]),
        (Demand::Not(two), vec!["1"], vec!["\"x\""]),
        (Demand::Minimum(text("1")), vec!["1", "\"x\""], vec!["0.999"]),
        (Demand::Below(text("1")), vec!["0.999"], vec!["1"]),
        (Demand::MultipleOf(text("0.1")), vec!["0.3"], vec!["0.35"]),
        (Demand::Length(1, Some(2)), vec!["\"éé\"", "1"], vec!["\"\"", "\"abc\""]),
        (Demand::Matches(Pattern::new("a+").unwrap()), vec!["\"aa\"", "1"], vec!["\"ab\""]),
        (Demand::Items(1, Some(2)), vec!["[1]", "{}"], vec!["[]", "[1, 2, 3]"]),
        (Demand::Elements { first: vec![two], rest: None }, vec!["[\"a\", 1]", "[]"], vec!["[1]"]),
        (Demand::Elements { first: vec![], rest: Some(two) }, vec!["[\"a\"]"], vec!["[\"a\", 1]"]),
        (Demand::Contains(two, 1, Some(1)), vec!["[1, \"a\"]"], vec!["[1]", "[\"a\", \"b\"]"]),
        (Demand::Unique, vec!["[1, \"1\", [1]]"], vec!["[1, 1.0]"]),
        (Demand::Size(1, Some(1)), vec!["{\"a\": 1}"], vec!["{}", "{\"a\": 1, \"b\": 2}"]),
        (Demand::Names(two), vec!["{\"a\": 1}"], vec![]),
        (Demand::OtherFields(two), vec!["{\"a\": \"x\"}", "1"], vec!["{\"a\": 1}"]),
        (Demand::OtherElements(two), vec!["[\"a\"]", "[]", "1"], vec!["[1]", "[\"a\", 1]"]),
        (
            Demand::Needs(text("a"), vec![text("b")]),
            vec!["{\"b\": 1}", "{\"a\": 1, \"b\": 1}"],
            vec!["{\"a\": 1}"],
        ),
    ] {
        for json in yes {
            assert!(value(vec![demand.clone()], json), "{demand:?} {json}");
        }
        for json in no {
            assert!(!value(vec![demand.clone()], json), "{demand:?} {json}");
        }
    }
}

#[test]
fn the_others_are_those_that_nothing_has_looked_at() {
    let schemas = || {
        vec![
            vec![
                Demand::OtherFields(SchemaId(1)),
                properties(&[("named", 3)], None),
                Demand::Any(vec![SchemaId(2), SchemaId(4)]),
                Demand::Required(vec!["asked".into()]),
            ],
            vec![Demand::Kinds(vec![Kind::Integer])],
            vec![Demand::Kinds(vec![Kind::Object]), properties(&[("choice", 3)], None)],
            vec![Demand::Kinds(vec![Kind::String])],
            vec![Demand::Never],
        ]
    };
    // Asking for a field says nothing of its value.
    assert_eq!(judge(schemas(), r#"{"named": "x", "choice": "x", "asked": 1, "other": 1}"#), Ok(()));
    for (json, path) in [
        (r#"{"named": "x", "asked": "x"}"#, "asked"),
        (r#"{"named": "x", "asked": 1, "other": "x"}"#, "other"),
        (r#"{"named": 1, "asked": 1}"#, "named"),
    ] {
        assert_eq!(judge(schemas(), json), Err(("signature.type", path.to_owned())), "{json}");
    }
    let list = || {
        vec![
            vec![properties(&[("v", 1)], None)],
            vec![
                Demand::Elements { first: vec![SchemaId(2)], rest: None },
                Demand::Contains(SchemaId(3), 1, None),
                Demand::OtherElements(SchemaId(4)),
            ],
            vec![Demand::Kinds(vec![Kind::String])],
            vec![Demand::Kinds(vec![Kind::Null])],
            vec![Demand::Kinds(vec![Kind::Integer])],
        ]
    };
    assert_eq!(judge(list(), r#"{"v": ["a", 1, null, 2]}"#), Ok(()));
    assert_eq!(judge(list(), r#"{"v": ["a", 1, null, "b"]}"#), Err(("signature.type", "v[3]".to_owned())));
}
