//! What values come to: members, arithmetic, lists, the past.

use std::borrow::Cow;

use agentpass_ir::{Arith, Convert, Member, NodeId, Op, Part, Recall, Value};
use agentpass_values::{Decimal, Domain, Folded, PathValue, WebUrl, escape};
use smallvec::SmallVec;

use super::{Datum, Env, Eval, Recalled, Values, shell};
use crate::planted::planted;
use crate::truth::Truth;

impl Eval<'_> {
    /// The value of a node.
    #[must_use]
    pub fn value<'v>(&'v self, id: NodeId, env: Option<&Env<'v>>) -> Datum<'v> {
        if !self.step(1) {
            return Datum::Failed;
        }
        let Some(node) = self.node(id) else { return Datum::Failed };
        match &node.op {
            Op::Const(id) => match self.contract.program().consts.get(id.index()) {
                Some(value) => Datum::of(Some(value)),
                None => Datum::Failed,
            },
            Op::Slot(slot) => Datum::of(self.frame.get(*slot)),
            Op::Result(field) => {
                self.world.result(*field).map_or(Datum::Unknown, |value| Datum::of(Some(value)))
            }
            Op::Var(var) => {
                let mut bound = env;
                while let Some(env) = bound {
                    if env.var == *var {
                        return Datum::of(Some(env.value));
                    }
                    bound = env.outer;
                }
                Datum::Failed
            }
            Op::Now => self.world.now().map_or(Datum::Unknown, |now| Datum::owned(Value::Timestamp(now))),
            Op::Digest => {
                self.world.digest().map_or(Datum::Unknown, |digest| Datum::owned(Value::Text(digest.into())))
            }
            Op::Labels => self.labels(),
            Op::Member(part, of) => self.member(*part, self.value(*of, env)),
            Op::Arith(op, left, right) => self.with_both(*left, *right, env, |a, b| arith(*op, a, b)),
            Op::Negate(inner) => self.with(*inner, env, negate),
            Op::OrElse(first, other) => or_else(self.value(*first, env), self.value(*other, env)),
            Op::Items(items) => self.items(items, env),
            Op::Join(left, right) => self.with_both(*left, *right, env, |a, b| self.join(a, b)),
            Op::JoinPath(folder, name) => self.with_both(*folder, *name, env, join_path),
            Op::Count(list) => self.with(*list, env, count),
            Op::Length(text) => self.with(*text, env, length),
            Op::Segments(parts) => self.segments(parts, env),
            Op::AsBool(truth) => match self.truth(*truth, env) {
                Truth::True => Datum::owned(Value::Bool(true)),
                Truth::False => Datum::owned(Value::Bool(false)),
                Truth::Undetermined => Datum::Unknown,
                Truth::Failed => Datum::Failed,
            },
            Op::Convert(to, of) => self.with(*of, env, |value| convert(*to, value)),
            Op::Past(recall) => self.past(recall, env),
            Op::Calls(_) | Op::InFlight(_) => self.range(id, env).datum(),
            Op::Sum(recall) => match self.keys(&recall.keys, env) {
                Keys::Are(keys) => {
                    let sum = self.world.sum(recall, &keys);
                    sum.map_or(Datum::Unknown, |sum| Datum::owned(Value::Money(sum)))
                }
                Keys::Undetermined => Datum::Unknown,
                Keys::Failed => Datum::Failed,
            },
            Op::CallsSince(_) => self.range(id, env).datum(),
            Op::SumSince(after) => match self.keys_of(after, env) {
                Ok((of, without)) => {
                    let sum = self.world.sum_since(after, &of, &without);
                    sum.map_or(Datum::Unknown, |sum| Datum::owned(Value::Money(sum)))
                }
                Err(Truth::Failed) => Datum::Failed,
                Err(_) => Datum::Unknown,
            },
            Op::Distinct(recall) => match self.keys(&recall.keys, env) {
                Keys::Are(keys) => {
                    let values = self.world.distinct(recall, &keys);
                    values.map_or(Datum::Unknown, |values| Datum::owned(values.list()))
                }
                Keys::Undetermined => Datum::Unknown,
                Keys::Failed => Datum::Failed,
            },
            _ => Datum::Failed,
        }
    }

    /// The different values of past calls, where a list is made of them.
    pub(super) fn values(&self, list: NodeId, env: Option<&Env<'_>>) -> Option<Values> {
        let Op::Distinct(recall) = &self.node(list)?.op else { return None };
        let Keys::Are(keys) = self.keys(&recall.keys, env) else { return None };
        let values = self.world.distinct(recall, &keys)?;
        self.step(values.all.len()).then_some(values)
    }

    /// Something computed from a value; `None` is a failure.
    fn with<'v>(
        &'v self,
        of: NodeId,
        env: Option<&Env<'v>>,
        compute: impl FnOnce(&Value) -> Option<Value>,
    ) -> Datum<'v> {
        match self.value(of, env) {
            Datum::Is(value) if matches!(*value, Value::Null) => Datum::Unknown,
            Datum::Is(value) => Datum::computed(compute(&value)),
            other => other,
        }
    }

    /// Something computed from two values.
    fn with_both<'v>(
        &'v self,
        left: NodeId,
        right: NodeId,
        env: Option<&Env<'v>>,
        compute: impl FnOnce(&Value, &Value) -> Option<Value>,
    ) -> Datum<'v> {
        match (self.value(left, env), self.value(right, env)) {
            (Datum::Is(left), Datum::Is(right)) => match (&*left, &*right) {
                (Value::Null, _) | (_, Value::Null) => Datum::Unknown,
                (left, right) => Datum::computed(compute(left, right)),
            },
            (Datum::Failed, _) | (_, Datum::Failed) => Datum::Failed,
            (Datum::Absent, _) | (_, Datum::Absent) => Datum::Absent,
            (Datum::MaybeAbsent, _) | (_, Datum::MaybeAbsent) => Datum::MaybeAbsent,
            _ => Datum::Unknown,
        }
    }

    fn labels(&self) -> Datum<'_> {
        let Some(labels) = self.world.labels() else { return Datum::Unknown };
        let mut all: Vec<&str> = labels.keys().map(|(_, label)| label.as_str()).collect();
        all.sort_unstable();
        all.dedup();
        Datum::owned(Value::List(all.into_iter().map(|label| Value::Text(label.into())).collect()))
    }

    /// A list. An element that is absent or unknown is one that nobody knows.
    fn items<'v>(&'v self, items: &[NodeId], env: Option<&Env<'v>>) -> Datum<'v> {
        let mut all = Vec::with_capacity(items.len());
        let mut failed = false;
        for item in items {
            match self.value(*item, env) {
                Datum::Is(value) => all.push(value.into_owned()),
                Datum::Failed => failed = true,
                Datum::Absent | Datum::Unknown | Datum::MaybeAbsent => all.push(Value::Unknown),
            }
        }
        if failed { Datum::Failed } else { Datum::owned(Value::List(all)) }
    }

    fn join(&self, left: &Value, right: &Value) -> Option<Value> {
        let (Value::List(left), Value::List(right)) = (left, right) else { return None };
        self.step(left.len() + right.len()).then(|| Value::List(left.iter().chain(right).cloned().collect()))
    }

    /// Text of segments. What nobody knows makes the whole unknown.
    fn segments<'v>(&'v self, parts: &[Part], env: Option<&Env<'v>>) -> Datum<'v> {
        let mut out = String::new();
        let mut whole = Datum::owned(Value::Null);
        let mut parts = parts.iter().peekable();
        while let Some(part) = parts.next() {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Value(node) => match self.value(*node, env) {
                    Datum::Is(value) if matches!(*value, Value::Null) => whole = worse(whole, Datum::Unknown),
                    Datum::Is(value) if planted(113) => out.push_str(&super::text(&value)),
                    Datum::Is(value) => {
                        let segment = escape::segment(&super::text(&value));
                        // An empty name is none: those behind it would move up by one.
                        let open = out.is_empty() || out.ends_with('/');
                        let closed = match parts.peek() {
                            Some(Part::Text(text)) => text.starts_with('/'),
                            Some(Part::Value(_)) | None => true,
                        };
                        if segment.is_empty() && open && closed {
                            whole = worse(whole, Datum::Unknown);
                        }
                        out.push_str(&segment);
                    }
                    other => whole = worse(whole, other),
                },
            }
        }
        match whole {
            Datum::Is(_) => Datum::owned(Value::Text(out.into())),
            other => other,
        }
    }

    fn past<'v>(&'v self, recall: &Recall, env: Option<&Env<'v>>) -> Datum<'v> {
        match self.keys(&recall.keys, env) {
            Keys::Are(keys) => match self.world.past(recall, &keys) {
                Recalled::Is(value) => Datum::owned(value),
                Recalled::Absent => Datum::Absent,
                Recalled::MaybeAbsent => Datum::MaybeAbsent,
                Recalled::Unknown => Datum::Unknown,
            },
            Keys::Undetermined => Datum::MaybeAbsent,
            Keys::Failed => Datum::Failed,
        }
    }

    /// A part of a value; of a list, of each element.
    fn member<'v>(&self, part: Member, of: Datum<'v>) -> Datum<'v> {
        let value = match of.value_or() {
            Ok(value) => value,
            Err(other) => return other,
        };
        if let Value::List(all) = &*value {
            return self.member_of_each(part, all);
        }
        match value {
            Cow::Borrowed(value) => member(part, value),
            Cow::Owned(value) => member(part, &value).into_owned(),
        }
    }

    fn member_of_each<'v>(&self, part: Member, all: &[Value]) -> Datum<'v> {
        let mut parts = Vec::with_capacity(all.len());
        for value in all {
            match self.member(part, Datum::of(Some(value))) {
                Datum::Is(found) => match found.into_owned() {
                    Value::List(mut inner) => parts.append(&mut inner),
                    found => parts.push(found),
                },
                Datum::Absent => {}
                Datum::Unknown | Datum::MaybeAbsent => parts.push(Value::Unknown),
                Datum::Failed => return Datum::Failed,
            }
        }
        if self.step(all.len() + parts.len()) { Datum::owned(Value::List(parts)) } else { Datum::Failed }
    }

    /// By what a past call is joined with this one.
    pub(super) fn keys(&self, nodes: &[NodeId], env: Option<&Env<'_>>) -> Keys {
        let mut all = SmallVec::new();
        let mut known = Truth::True;
        for node in nodes {
            match self.value(*node, env) {
                Datum::Is(value) if is_known(&value) => all.push(value.into_owned()),
                Datum::Is(_) => known = known.and(Truth::Undetermined),
                other => known = known.and(other.as_truth()),
            }
        }
        match known {
            Truth::True => Keys::Are(all),
            Truth::Failed => Keys::Failed,
            Truth::False | Truth::Undetermined => Keys::Undetermined,
        }
    }
}

/// By what past calls are joined with this one.
pub(super) enum Keys {
    Are(SmallVec<[Value; 2]>),
    /// One of them is absent, null or unknown: nobody can tell which calls are meant.
    Undetermined,
    Failed,
}

impl Keys {
    pub(super) fn as_truth(&self) -> Truth {
        match self {
            Keys::Are(_) => Truth::True,
            Keys::Undetermined => Truth::Undetermined,
            Keys::Failed => Truth::Failed,
        }
    }
}

/// Nothing in it is null or unknown.
fn is_known(value: &Value) -> bool {
    match value {
        Value::Null | Value::Unknown => false,
        Value::List(all) => all.iter().all(is_known),
        Value::Record(fields) => fields.iter().flatten().all(is_known),
        _ => true,
    }
}

/// The value as another type. Text that is no name on the internet is no failure of the contract: nobody can tell which one
/// was meant.
fn convert(to: Convert, value: &Value) -> Option<Value> {
    Some(match (to, value) {
        (_, Value::List(all)) => {
            Value::List(all.iter().map(|value| convert(to, value)).collect::<Option<_>>()?)
        }
        (_, Value::Null | Value::Unknown) => Value::Unknown,
        (Convert::Decimal, Value::Int(value)) => Value::Decimal(Decimal::from_int(*value)),
        (Convert::Folded, Value::Text(text)) => Value::Folded(Folded::new(text)),
        (Convert::Domain, Value::Text(text)) => Domain::parse(text).map_or(Value::Unknown, Value::Domain),
        (Convert::Path, Value::Text(text)) => PathValue::parse(text).map_or(Value::Unknown, Value::Path),
        (Convert::Number, Value::Money(money)) => {
            Value::Decimal(Decimal::from_units(money.nano.saturating_mul(1_000_000_000)))
        }
        // It is one already.
        (Convert::Decimal, Value::Decimal(_))
        | (Convert::Folded, Value::Folded(_))
        | (Convert::Domain, Value::Domain(_))
        | (Convert::Path, Value::Path(_)) => value.clone(),
        _ => return None,
    })
}

/// The less certain of two.
fn worse<'v>(a: Datum<'v>, b: Datum<'v>) -> Datum<'v> {
    let rank = |datum: &Datum<'_>| match datum {
        Datum::Is(_) => 0,
        Datum::Unknown => 1,
        Datum::MaybeAbsent => 2,
        Datum::Absent => 3,
        Datum::Failed => 4,
    };
    if rank(&b) > rank(&a) { b } else { a }
}

/// `a ?? b`. Both are looked at; of two that may both be meant nobody can tell which.
fn or_else<'v>(first: Datum<'v>, other: Datum<'v>) -> Datum<'v> {
    match (first, other) {
        (Datum::Absent, other) => other,
        (Datum::Unknown, other) if planted(104) => other,
        (Datum::MaybeAbsent, Datum::Failed) => Datum::Failed,
        (Datum::MaybeAbsent, Datum::Absent | Datum::MaybeAbsent) => Datum::MaybeAbsent,
        (Datum::MaybeAbsent, _) => Datum::Unknown,
        (first, _) => first,
    }
}

fn member(part: Member, of: &Value) -> Datum<'_> {
    let text = |text: &str| Datum::owned(Value::Text(text.into()));
    match (part, of) {
        (Member::Local, Value::Email(email)) => text(email.local()),
        (Member::Domain, Value::Email(email)) => Datum::owned(Value::Domain(email.domain().clone())),
        (Member::Scheme, Value::Url(url)) => text(url.scheme()),
        (Member::Host, Value::Url(url)) => {
            url.host_domain().map_or(Datum::Unknown, |host| Datum::owned(Value::Domain(host.clone())))
        }
        (Member::Port, Value::Url(url)) => {
            url.port().map_or(Datum::Unknown, |port| Datum::owned(Value::Int(i64::from(port))))
        }
        (Member::UrlPath, Value::Url(url)) => url_path(url),
        (Member::Commands, Value::Shell(line, _)) => Datum::owned(shell::commands(line)),
        (Member::Program, Value::Command(command)) => Datum::owned(shell::word(&command.program)),
        (Member::Args, Value::Command(command)) => Datum::owned(shell::args(command)),
        (Member::Flags, Value::Command(command)) => Datum::owned(shell::flags(command)),
        (Member::Paths, Value::Command(command)) => Datum::owned(shell::paths(command)),
        (Member::Redirects, Value::Command(command)) => Datum::owned(shell::redirects(command)),
        (Member::Field(n), Value::Record(fields)) => {
            Datum::of(fields.get(n as usize).and_then(Option::as_ref))
        }
        // A past call is a record of when it was, and then what is kept.
        (Member::At, Value::Record(parts)) => Datum::of(parts.first().and_then(Option::as_ref)),
        (Member::Kept(n), Value::Record(parts)) => {
            Datum::of(parts.get(n as usize + 1).and_then(Option::as_ref))
        }
        (_, Value::Null | Value::Unknown) => Datum::Unknown,
        _ => Datum::Failed,
    }
}

/// What lies behind the scheme of an address that has no path of its own is none.
fn url_path(url: &WebUrl) -> Datum<'_> {
    url.path_value().map_or(Datum::Unknown, |path| Datum::owned(Value::Path(path)))
}

fn arith(op: Arith, left: &Value, right: &Value) -> Option<Value> {
    use Value::{Decimal as Dec, Duration, Int, Money, Timestamp};
    match (op, left, right) {
        (Arith::Add, Int(a), Int(b)) => a.checked_add(*b).map(Int),
        (Arith::Subtract, Int(a), Int(b)) => a.checked_sub(*b).map(Int),
        (Arith::Multiply, Int(a), Int(b)) => a.checked_mul(*b).map(Int),
        (op, Dec(a), Dec(b)) => decimals(op, *a, *b),
        (op, Int(a), Dec(b)) => decimals(op, Decimal::from_int(*a), *b),
        (op, Dec(a), Int(b)) => decimals(op, *a, Decimal::from_int(*b)),
        (Arith::Add, Money(a), Money(b)) => a.checked_add(*b).ok().map(Money),
        (Arith::Subtract, Money(a), Money(b)) => a.checked_sub(*b).ok().map(Money),
        (Arith::Multiply, Money(a), Int(b)) | (Arith::Multiply, Int(b), Money(a)) => {
            a.checked_mul_int(*b).ok().map(Money)
        }
        (Arith::Multiply, Money(a), Dec(b)) | (Arith::Multiply, Dec(b), Money(a)) => {
            a.checked_mul(*b).ok().map(Money)
        }
        (Arith::Add, Duration(a), Duration(b)) => a.checked_add(*b).map(Duration),
        (Arith::Subtract, Duration(a), Duration(b)) => a.checked_sub(*b).map(Duration),
        (Arith::Multiply, Duration(a), Int(b)) | (Arith::Multiply, Int(b), Duration(a)) => {
            a.checked_mul(*b).map(Duration)
        }
        (Arith::Add, Timestamp(a), Duration(b)) => a.checked_add(*b).map(Timestamp),
        (Arith::Subtract, Timestamp(a), Duration(b)) => a.checked_sub(*b).map(Timestamp),
        (Arith::Subtract, Timestamp(a), Timestamp(b)) => a.since(*b).map(Duration),
        _ => None,
    }
}

fn decimals(op: Arith, a: Decimal, b: Decimal) -> Option<Value> {
    let result = match op {
        Arith::Add => a.checked_add(b),
        Arith::Subtract => a.checked_sub(b),
        Arith::Multiply => a.checked_mul(b),
    };
    result.ok().map(Value::Decimal)
}

fn negate(value: &Value) -> Option<Value> {
    match value {
        Value::Int(value) => value.checked_neg().map(Value::Int),
        Value::Decimal(value) => value.checked_neg().ok().map(Value::Decimal),
        Value::Money(value) => value.checked_neg().ok().map(Value::Money),
        Value::Duration(value) => agentpass_values::Duration::ZERO.checked_sub(*value).map(Value::Duration),
        _ => None,
    }
}

fn join_path(folder: &Value, name: &Value) -> Option<Value> {
    let Value::Path(folder) = folder else { return None };
    let joined = match name {
        Value::Path(name) => folder.join(name),
        Value::Text(name) => folder.join(&PathValue::parse(name).ok()?),
        _ => return None,
    };
    joined.ok().map(Value::Path)
}

fn count(list: &Value) -> Option<Value> {
    let Value::List(all) = list else { return None };
    if all.iter().any(|element| matches!(element, Value::Unknown)) {
        return Some(Value::Unknown);
    }
    i64::try_from(all.len()).ok().map(Value::Int)
}

fn length(value: &Value) -> Option<Value> {
    let length = match value {
        Value::Text(text) => text.chars().count(),
        Value::List(_) | Value::Record(_) => return None,
        other => super::text(other).chars().count(),
    };
    i64::try_from(length).ok().map(Value::Int)
}
