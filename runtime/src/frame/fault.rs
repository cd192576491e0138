//! What is wrong with arguments.

use std::borrow::Cow;
use std::fmt::Write;

use agentpass_values::escape;

/// Something that does not fit its declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArgFault {
    /// `signature.…`, `host.type` or `job.type`.
    pub code: &'static str,
    /// Where: `items[2].price`.
    pub path: String,
    /// What is wrong, for people.
    pub message: String,
}

/// The greatest number of faults that one call is told: beyond, another one teaches nobody anything.
pub(super) const MAX_FAULTS: usize = 50;

/// A step on the way to a value.
#[derive(Clone, Debug)]
pub(super) enum Step<'c, 't> {
    /// A declared field of an object.
    Field(&'c str),
    /// A key of an object.
    Key(Cow<'t, str>),
    /// An element of a list, counted from 0.
    Element(usize),
}

/// The way to a value, for people: `items[2].price`.
pub(super) fn shown(path: &[Step<'_, '_>]) -> String {
    let mut out = String::new();
    for step in path {
        let name = match step {
            Step::Field(name) => name,
            Step::Key(name) => &**name,
            Step::Element(at) => {
                // Writing to a string never fails.
                let _ = write!(out, "[{at}]");
                continue;
            }
        };
        if !out.is_empty() {
            out.push('.');
        }
        out.push_str(&escape::shown(name));
    }
    out
}

/// The way to a key, for digests: no two ways are written alike (RFC 6901).
pub(super) fn pointer(path: &[Step<'_, '_>], key: &str) -> String {
    let mut out = String::new();
    for step in path {
        out.push('/');
        match step {
            Step::Field(name) => name_in(&mut out, name),
            Step::Key(name) => name_in(&mut out, name),
            Step::Element(at) => {
                let _ = write!(out, "{at}");
            }
        }
    }
    out.push('/');
    name_in(&mut out, key);
    out
}

fn name_in(out: &mut String, name: &str) {
    out.push_str(&name.replace('~', "~0").replace('/', "~1"));
}
