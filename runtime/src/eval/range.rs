//! Whole numbers of which only bounds are known: how many calls there were depends on how the open ones end.

use agentpass_ir::{Arith, Compare, NodeId, Op, Value};

use super::value::Keys;
use super::{Datum, Env, Eval};
use crate::truth::Truth;

/// What a whole number may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Range {
    /// Any from the first to the last, both included.
    Between(i64, i64),
    /// Nothing: the call left it out.
    Absent,
    /// Any.
    Unknown,
    /// Any, or nothing.
    MaybeAbsent,
    /// A computation left its range.
    Failed,
}

impl Eval<'_> {
    pub(super) fn range(&self, id: NodeId, env: Option<&Env<'_>>) -> Range {
        if !self.step(1) {
            return Range::Failed;
        }
        let Some(node) = self.node(id) else { return Range::Failed };
        match &node.op {
            Op::Calls(recall) => match self.keys(&recall.keys, env) {
                Keys::Are(keys) => self.world.calls(recall, &keys).map_or(Range::Unknown, |(least, most)| {
                    if least <= most { Range::Between(least, most) } else { Range::Unknown }
                }),
                Keys::Undetermined => Range::Unknown,
                Keys::Failed => Range::Failed,
            },
            Op::InFlight(recall) => match self.keys(&recall.keys, env) {
                Keys::Are(keys) => {
                    let open = self.world.in_flight(recall, &keys);
                    open.map_or(Range::Unknown, |open| Range::Between(open, open))
                }
                Keys::Undetermined => Range::Unknown,
                Keys::Failed => Range::Failed,
            },
            Op::CallsSince(after) => match self.keys_of(after, env) {
                Ok((of, without)) => {
                    let calls = self.world.calls_since(after, &of, &without);
                    calls.map_or(Range::Unknown, |(least, most)| {
                        if least <= most { Range::Between(least, most) } else { Range::Unknown }
                    })
                }
                Err(Truth::Failed) => Range::Failed,
                Err(_) => Range::Unknown,
            },
            Op::Count(list) if let Some(values) = self.values(*list, env) => {
                let (least, most) = values.number();
                Range::Between(least, most)
            }
            Op::Arith(op, left, right) => self.range(*left, env).arith(*op, self.range(*right, env)),
            Op::Negate(inner) => Range::Between(0, 0).arith(Arith::Subtract, self.range(*inner, env)),
            Op::OrElse(first, other) => match (self.range(*first, env), self.range(*other, env)) {
                (Range::Absent, other) => other,
                (Range::MaybeAbsent, Range::Failed) => Range::Failed,
                (Range::MaybeAbsent, Range::Absent | Range::MaybeAbsent) => Range::MaybeAbsent,
                (Range::MaybeAbsent, _) => Range::Unknown,
                (first, _) => first,
            },
            _ => match self.value(id, env) {
                Datum::Is(value) => match *value {
                    Value::Int(value) => Range::Between(value, value),
                    _ => Range::Unknown,
                },
                Datum::Absent => Range::Absent,
                Datum::Unknown => Range::Unknown,
                Datum::MaybeAbsent => Range::MaybeAbsent,
                Datum::Failed => Range::Failed,
            },
        }
    }
}

impl Range {
    /// The number, where there is only one that it can be.
    pub(super) fn datum<'v>(self) -> Datum<'v> {
        match self {
            Range::Between(least, most) if least == most => Datum::owned(Value::Int(least)),
            Range::Between(..) | Range::Unknown => Datum::Unknown,
            Range::Absent => Datum::Absent,
            Range::MaybeAbsent => Datum::MaybeAbsent,
            Range::Failed => Datum::Failed,
        }
    }

    fn arith(self, op: Arith, other: Range) -> Range {
        let (Range::Between(a, b), Range::Between(c, d)) = (self, other) else { return self.neither(other) };
        let ends = match op {
            Arith::Add => [a.checked_add(c), b.checked_add(d)],
            Arith::Subtract => [a.checked_sub(d), b.checked_sub(c)],
            Arith::Multiply => {
                let all = [a.checked_mul(c), a.checked_mul(d), b.checked_mul(c), b.checked_mul(d)];
                // The least and the greatest, if all fit: `None` is less than any number.
                let most = all.into_iter().max().flatten();
                [all.into_iter().min().flatten(), most]
            }
        };
        match ends {
            [Some(least), Some(most)] => Range::Between(least, most),
            _ => Range::Failed,
        }
    }

    /// What comes of two numbers of which at least one is not known.
    fn neither(self, other: Range) -> Range {
        match (self, other) {
            (Range::Failed, _) | (_, Range::Failed) => Range::Failed,
            (Range::Absent, _) | (_, Range::Absent) => Range::Absent,
            (Range::MaybeAbsent, _) | (_, Range::MaybeAbsent) => Range::MaybeAbsent,
            _ => Range::Unknown,
        }
    }

    /// True or false only where it is for all that both may be.
    pub(super) fn compare(self, op: Compare, other: Range) -> Truth {
        let (Range::Between(a, b), Range::Between(c, d)) = (self, other) else {
            return if self.neither(other) == Range::Failed { Truth::Failed } else { Truth::Undetermined };
        };
        let decided = |yes: bool, no: bool| match (yes, no) {
            (true, _) => Truth::True,
            (_, true) => Truth::False,
            _ => Truth::Undetermined,
        };
        match op {
            Compare::Less => decided(b < c, a >= d),
            Compare::LessOrEqual => decided(b <= c, a > d),
            Compare::Greater => decided(a > d, b <= c),
            Compare::GreaterOrEqual => decided(a >= d, b < c),
            Compare::Equal => decided(a == b && c == d && a == c, b < c || a > d),
            Compare::NotEqual => decided(b < c || a > d, a == b && c == d && a == c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OPS: [Compare; 6] = [
        Compare::Equal,
        Compare::NotEqual,
        Compare::Less,
        Compare::LessOrEqual,
        Compare::Greater,
        Compare::GreaterOrEqual,
    ];

    fn span() -> impl Strategy<Value = (i64, i64)> {
        let number = prop_oneof![-4_i64..5, Just(i64::MIN), Just(i64::MAX), any::<i64>()];
        (number.clone(), number).prop_map(|(a, b)| (a.min(b), a.max(b)))
    }

    fn inside((least, most): (i64, i64), at: u8) -> i64 {
        match at % 3 {
            0 => least,
            1 => most,
            _ => least.midpoint(most),
        }
    }

    proptest! {
        #[test]
        fn what_is_decided_of_a_range_holds_for_all_of_it(a in span(), b in span(), x in any::<u8>(), y in any::<u8>()) {
            let (left, right) = (Range::Between(a.0, a.1), Range::Between(b.0, b.1));
            let (x, y) = (inside(a, x), inside(b, y));
            for op in OPS {
                let one = Range::Between(x, x).compare(op, Range::Between(y, y));
                let all = left.compare(op, right);
                prop_assert!(all == Truth::Undetermined || all == one, "{op:?}");
            }
            for op in [Arith::Add, Arith::Subtract, Arith::Multiply] {
                let one = Range::Between(x, x).arith(op, Range::Between(y, y));
                match (left.arith(op, right), one) {
                    (Range::Between(least, most), Range::Between(exact, _)) => {
                        prop_assert!(least <= exact && exact <= most, "{op:?}");
                    }
                    (Range::Failed, _) => {}
                    other => prop_assert!(false, "{op:?} {other:?}"),
                }
            }
        }

        #[test]
        fn a_number_alone_is_decided(a in any::<i64>(), b in any::<i64>()) {
            let (left, right) = (Range::Between(a, a), Range::Between(b, b));
            prop_assert_eq!(left.compare(Compare::Equal, right), Truth::of(a == b));
            prop_assert_eq!(left.compare(Compare::Less, right), Truth::of(a < b));
            for op in OPS {
                prop_assert_ne!(left.compare(op, right), Truth::Undetermined);
            }
        }
    }
}
