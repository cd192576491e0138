//! Which types an operation takes, and which it gives.

use super::{Fault, entry, recalls};
use crate::node::{Arith, Compare, Convert, Member, Node, Op};
use crate::past::Keep;
use crate::program::{NodeId, Program};
use crate::rule::Part;
use crate::value::{Ty, Value};

/// Whether the operation takes its children, which all stand before it, and gives the type that the node says.
pub(super) fn check(program: &Program, id: u32, node: &Node) -> Result<(), Fault> {
    let Node { op, ty, .. } = node;
    let expected = match op {
        op if op.recalls().next().is_some() => return recalls::check(program, id, op, ty),
        Op::Const(constant) => {
            let value = entry("constant", &program.consts, constant.0)?;
            // A rule for many tools reads these where one of them has nothing that it could read.
            let nothing = matches!(value, Value::Unknown | Value::Null) && is_value(ty);
            (!nothing && !has_type(program, value, ty)).then_some("of the type of its constant")
        }
        op => expected(program, op, ty).err(),
    };
    match expected {
        None => Ok(()),
        Some(expected) => Err(Fault::Type { node: id, expected }),
    }
}

fn expected(program: &Program, op: &Op, ty: &Ty) -> Result<(), &'static str> {
    let of = |id: NodeId| type_of(program, id);
    let truths = |all: &[NodeId]| all.iter().all(|&id| *of(id) == Ty::Truth);
    let truth = *ty == Ty::Truth;
    let check = |fits: bool, expected| if fits { Ok(()) } else { Err(expected) };
    match op {
        // What stands there depends on the root: see `walk`.
        Op::Slot(_) | Op::Result(_) | Op::Var(_) => check(is_value(ty), "a value"),
        Op::Now => check(*ty == Ty::Timestamp, "a moment"),
        Op::Digest => check(*ty == Ty::Text, "a text"),
        Op::Labels => check(*ty == Ty::list(Ty::Text), "a list of texts"),
        Op::Member(member, a) => check(
            self::member(program, *member, of(*a)).as_ref() == Some(ty),
            "the member of a value that has it",
        ),
        Op::Arith(op, a, b) => {
            check(arith(*op, of(*a), of(*b)).as_ref() == Some(ty), "arithmetic on numbers of one kind")
        }
        Op::Negate(a) => {
            let signed = matches!(ty, Ty::Int | Ty::Decimal | Ty::Money(_) | Ty::Duration);
            check(signed && of(*a) == ty, "the negative of a number")
        }
        Op::OrElse(a, b) => check(is_value(ty) && of(*a) == ty && of(*b) == ty, "two values of one type"),
        Op::Items(all) => {
            let element = ty.element().filter(|element| is_value(element));
            check(
                element.is_some_and(|element| all.iter().all(|&id| of(id) == element)),
                "a list of one type",
            )
        }
        Op::Join(a, b) => {
            check(ty.element().is_some() && of(*a) == ty && of(*b) == ty, "two lists of one type")
        }
        Op::JoinPath(folder, name) => {
            let name = matches!(of(*name), Ty::Path | Ty::Text);
            check(*ty == Ty::Path && *of(*folder) == Ty::Path && name, "a folder and a name")
        }
        Op::Count(list) => check(*ty == Ty::Int && of(*list).element().is_some(), "the count of a list"),
        Op::Length(text) => {
            check(*ty == Ty::Int && matches!(of(*text), Ty::Text | Ty::Folded), "the length of a text")
        }
        Op::Segments(parts) => {
            let shown = |part: &Part| match part {
                Part::Text(_) => true,
                Part::Value(id) => is_value(of(*id)),
            };
            check(*ty == Ty::Text && parts.iter().all(shown), "a text of values")
        }
        Op::AsBool(a) => check(*ty == Ty::Bool && *of(*a) == Ty::Truth, "a boolean from a truth"),
        Op::Convert(convert, a) => {
            check(converted(*convert, of(*a)).as_ref() == Some(ty), "a value that can be read so")
        }
        Op::Known(_) | Op::Named(_) | Op::Carries { .. } => check(truth, "a truth"),
        Op::Holds(a) => check(truth && *of(*a) == Ty::Bool, "a truth from a boolean"),
        Op::Compare(op, a, b) => {
            let equality = matches!(op, Compare::Equal | Compare::NotEqual) && of(*a).is_data();
            let comparable = of(*a) == of(*b) && (equality || of(*a).is_ordered());
            check(truth && comparable, "a comparison of two values of one type")
        }
        Op::Among(a, list) => {
            let fits = of(*a).is_data() && of(*list).element() == Some(of(*a));
            check(truth && fits, "a value and a list of its type")
        }
        Op::Within(a, b) => check(truth && lies_in(of(*a), of(*b)), "a value and what it can lie in"),
        Op::WithinAny(a, list) => {
            let fits = of(*list).element().is_some_and(|element| lies_in(of(*a), element));
            check(truth && fits, "a value and a list of what it can lie in")
        }
        Op::Matches(a, pattern) => {
            let constant = program.nodes.get(pattern.index()).map(|node| &node.op);
            let constant = matches!(constant, Some(Op::Const(_))) && *of(*pattern) == Ty::Pattern;
            check(truth && constant && matches!(of(*a), Ty::Text | Ty::Folded), "a text and a pattern")
        }
        Op::Understood(a) => {
            check(truth && matches!(of(*a), Ty::Shell | Ty::Command), "a truth about a command line")
        }
        Op::Has(a) => {
            let there = is_value(of(*a)) || matches!(of(*a), Ty::Past(_));
            check(truth && there, "a truth about a value")
        }
        Op::IsNull(a) => check(truth && is_value(of(*a)), "a truth about a value"),
        Op::Not(a) => check(truth && *of(*a) == Ty::Truth, "a truth from a truth"),
        Op::All(all) | Op::Any(all) => check(truth && truths(all), "a truth from truths"),
        Op::Over { list, body, .. } => {
            let fits = of(*list).element().is_some() && *of(*body) == Ty::Truth;
            check(truth && fits, "a truth about each element of a list")
        }
        Op::Const(_)
        | Op::Past(_)
        | Op::Calls(_)
        | Op::Sum(_)
        | Op::InFlight(_)
        | Op::Distinct(_)
        | Op::CallsSince(_)
        | Op::SumSince(_)
        | Op::After(_) => Ok(()),
    }
}

/// The type of a node; of one that is not there, which has been refused by then, a truth.
pub(super) fn type_of(program: &Program, id: NodeId) -> &Ty {
    program.nodes.get(id.index()).map_or(&Ty::Truth, |node| &node.ty)
}

/// Neither a truth nor a past call.
pub(super) fn is_value(ty: &Ty) -> bool {
    match ty {
        Ty::Truth | Ty::Past(_) => false,
        Ty::List(of) => is_value(of),
        _ => true,
    }
}

/// True where a type nests no deeper than that.
pub(super) fn is_shallow(ty: &Ty, nest: usize) -> bool {
    match ty {
        Ty::List(of) => nest.checked_sub(1).is_some_and(|nest| is_shallow(of, nest)),
        _ => true,
    }
}

/// True where a constant is of a type. Command lines are no constants, and patterns of any kind are.
pub(super) fn has_type(program: &Program, value: &Value, ty: &Ty) -> bool {
    match (value, ty) {
        (Value::List(all), Ty::List(of)) => all.iter().all(|value| has_type(program, value, of)),
        (Value::Record(values), Ty::Record(id)) => {
            let fields = program.records.get(id.index()).map(|record| &record.fields);
            fields.is_some_and(|fields| {
                let fits = |(value, ty): (&Option<Value>, Ty)| {
                    value.as_ref().is_none_or(|value| has_type(program, value, &ty))
                };
                fields.len() == values.len()
                    && values.iter().zip(fields.iter().map(|field| field.form.ty())).all(fits)
            })
        }
        (Value::Money(money), Ty::Money(currency)) => money.currency == *currency,
        (Value::Bool(_), Ty::Bool)
        | (Value::Int(_), Ty::Int)
        | (Value::Decimal(_), Ty::Decimal)
        | (Value::Duration(_), Ty::Duration)
        | (Value::Timestamp(_), Ty::Timestamp)
        | (Value::Text(_), Ty::Text)
        | (Value::Folded(_), Ty::Folded)
        | (Value::Email(_), Ty::Email)
        | (Value::Domain(_), Ty::Domain)
        | (Value::Url(_), Ty::Url)
        | (Value::Path(_), Ty::Path)
        | (Value::Glob(_), Ty::Glob)
        | (Value::CommandPattern(_), Ty::CommandPattern)
        | (Value::Pattern(_), Ty::Pattern)
        | (Value::Times(_), Ty::Times)
        | (Value::Json(_), Ty::Json) => true,
        _ => false,
    }
}

/// The type of a part of a value.
fn member(program: &Program, member: Member, of: &Ty) -> Option<Ty> {
    Some(match (of, member) {
        (Ty::Email, Member::Local) | (Ty::Url, Member::Scheme) | (Ty::Command, Member::Program) => Ty::Text,
        (Ty::Email, Member::Domain) | (Ty::Url, Member::Host) => Ty::Domain,
        (Ty::Url, Member::Port) => Ty::Int,
        (Ty::Url, Member::UrlPath) => Ty::Path,
        (Ty::Shell, Member::Commands) => Ty::list(Ty::Command),
        (Ty::Command, Member::Args | Member::Flags) => Ty::list(Ty::Text),
        (Ty::Command, Member::Paths | Member::Redirects) => Ty::list(Ty::Path),
        (Ty::Record(id), Member::Field(field)) => {
            program.records.get(id.index())?.fields.get(field as usize)?.form.ty()
        }
        (Ty::Past(_), Member::At) => Ty::Timestamp,
        (Ty::Past(id), Member::Kept(part)) => match &program.monitors.get(id.index())?.keep {
            Keep::Latest(kept) | Keep::First(kept) => kept.get(part as usize)?.ty.clone(),
            _ => return None,
        },
        (Ty::List(element), member) => match self::member(program, member, element)? {
            Ty::List(joined) => Ty::List(joined),
            one => Ty::list(one),
        },
        _ => return None,
    })
}

fn arith(op: Arith, a: &Ty, b: &Ty) -> Option<Ty> {
    let is_added = |ty: &Ty| matches!(ty, Ty::Int | Ty::Decimal | Ty::Money(_) | Ty::Duration);
    let is_scaled = |ty: &Ty, by: &Ty| match ty {
        Ty::Int | Ty::Duration => *by == Ty::Int,
        Ty::Decimal => *by == Ty::Decimal,
        Ty::Money(_) => matches!(by, Ty::Int | Ty::Decimal),
        _ => false,
    };
    match (op, a, b) {
        (Arith::Add | Arith::Subtract, a, b) if a == b && is_added(a) => Some(a.clone()),
        (Arith::Add | Arith::Subtract, Ty::Timestamp, Ty::Duration) => Some(Ty::Timestamp),
        (Arith::Subtract, Ty::Timestamp, Ty::Timestamp) => Some(Ty::Duration),
        (Arith::Multiply, a, b) if is_scaled(a, b) => Some(a.clone()),
        (Arith::Multiply, a, b) if is_scaled(b, a) => Some(b.clone()),
        _ => None,
    }
}

fn converted(convert: Convert, of: &Ty) -> Option<Ty> {
    match (convert, of) {
        (Convert::Decimal, Ty::Int) => Some(Ty::Decimal),
        (Convert::Folded, Ty::Text) => Some(Ty::Folded),
        (Convert::Domain, Ty::Text) => Some(Ty::Domain),
        (Convert::Path, Ty::Text) => Some(Ty::Path),
        (Convert::Number, Ty::Money(_)) => Some(Ty::Decimal),
        (convert, Ty::List(of)) => converted(convert, of).map(Ty::list),
        _ => None,
    }
}

fn lies_in(value: &Ty, container: &Ty) -> bool {
    matches!(
        (value, container),
        (Ty::Domain, Ty::Domain)
            | (Ty::Path, Ty::Path | Ty::Glob)
            | (Ty::Timestamp, Ty::Times)
            | (Ty::Command, Ty::CommandPattern)
    )
}
