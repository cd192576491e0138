//! What atoms, connectives and quantifiers come to.

use agentpass_ir::{After, Ambient, Compare, NodeId, Op, Quantifier, Recall, Ty, Value, VarId};
use agentpass_values::folded;
use smallvec::SmallVec;

use super::value::Keys;
use super::{Datum, Env, Eval, Values, relate, shell};
use crate::planted::planted;
use crate::truth::Truth;

impl Eval<'_> {
    /// The truth of a node.
    #[must_use]
    pub fn truth(&self, id: NodeId, env: Option<&Env<'_>>) -> Truth {
        if !self.step(1) {
            return Truth::Failed;
        }
        let Some(node) = self.node(id) else { return Truth::Failed };
        match &node.op {
            Op::Known(truth) => Truth::of(*truth),
            Op::Not(inner) => !self.truth(*inner, env),
            Op::All(parts) => parts.iter().fold(Truth::True, |all, part| all.and(self.truth(*part, env))),
            Op::Any(parts) => parts.iter().fold(Truth::False, |any, part| any.or(self.truth(*part, env))),
            Op::Over { quantifier, var, list, body } => self.over(*quantifier, *var, *list, *body, env),
            Op::Compare(op, left, right) => self.compare(*op, *left, *right, env),
            Op::Among(value, list) => self.among(*value, *list, env, relate::equal),
            Op::WithinAny(value, list) => self.among(*value, *list, env, relate::lies_in),
            Op::Within(value, container) => self.both(*value, *container, env, relate::lies_in),
            Op::Matches(text, pattern) => self.both(*text, *pattern, env, relate::matches),
            Op::Holds(value) => self.atom(*value, env, |value| match value {
                Value::Bool(truth) => Some(*truth),
                _ => None,
            }),
            Op::Understood(value) => self.atom(*value, env, |value| match value {
                Value::Shell(line, _) => Some(line.understood),
                Value::Command(command) => Some(shell::is_understood(command)),
                _ => None,
            }),
            // Absence and nothing else; of what could not be computed nobody can tell.
            Op::Has(value) => match self.value(*value, env) {
                Datum::Is(_) | Datum::Unknown => Truth::True,
                Datum::Absent => Truth::False,
                Datum::MaybeAbsent => Truth::Undetermined,
                Datum::Failed => Truth::Failed,
            },
            Op::IsNull(value) => match self.value(*value, env) {
                Datum::Is(value) => Truth::of(matches!(*value, Value::Null)),
                unknown => unknown.as_truth(),
            },
            Op::Named(pattern) => match self.frame.ambient(Ambient::Tool) {
                Some(name) => Truth::of(pattern.stands_for(name)),
                None => Truth::Undetermined,
            },
            Op::Carries { label, source } => self.carries(label, source.as_deref()),
            Op::After(after) => self.after(after, env),
            _ => Truth::Failed,
        }
    }

    /// An atom over one value.
    fn atom(&self, of: NodeId, env: Option<&Env<'_>>, judge: impl FnOnce(&Value) -> Option<bool>) -> Truth {
        match self.value(of, env) {
            Datum::Is(value) => Truth::maybe(judge(&value)),
            unknown => unknown.as_truth(),
        }
    }

    /// An atom over two values.
    fn both(
        &self,
        left: NodeId,
        right: NodeId,
        env: Option<&Env<'_>>,
        judge: impl FnOnce(&Value, &Value) -> Option<bool>,
    ) -> Truth {
        match (self.value(left, env), self.value(right, env)) {
            (Datum::Is(left), Datum::Is(right)) => Truth::maybe(judge(&left, &right)),
            (left, right) => left.as_truth().and(right.as_truth()),
        }
    }

    fn compare(&self, op: Compare, left: NodeId, right: NodeId, env: Option<&Env<'_>>) -> Truth {
        let is_int = |id| self.node(id).is_some_and(|node| node.ty == Ty::Int);
        if is_int(left) && is_int(right) {
            return self.range(left, env).compare(op, self.range(right, env));
        }
        self.both(left, right, env, |left, right| match op {
            Compare::Equal => relate::equal(left, right),
            Compare::NotEqual => relate::equal(left, right).map(|equal| !equal),
            Compare::Less => relate::order(left, right).map(std::cmp::Ordering::is_lt),
            Compare::LessOrEqual => relate::order(left, right).map(std::cmp::Ordering::is_le),
            Compare::Greater => relate::order(left, right).map(std::cmp::Ordering::is_gt),
            Compare::GreaterOrEqual => relate::order(left, right).map(std::cmp::Ordering::is_ge),
        })
    }

    /// A relation to at least one of a list. An element that nobody knows decides nothing, and hides no other one that does.
    fn among(
        &self,
        value: NodeId,
        list: NodeId,
        env: Option<&Env<'_>>,
        judge: impl Fn(&Value, &Value) -> Option<bool>,
    ) -> Truth {
        if let Some(values) = self.values(list, env) {
            let value = match self.value(value, env) {
                Datum::Is(value) => value,
                unknown => return unknown.as_truth(),
            };
            let truths = values.all.iter().map(|(element, sure)| {
                let truth = Truth::maybe(judge(&value, element));
                if *sure { truth } else { truth.and(Truth::Undetermined) }
            });
            let more = if values.more { Truth::Undetermined } else { Truth::False };
            return truths.fold(more, Truth::or);
        }
        match (self.value(value, env), self.value(list, env)) {
            (Datum::Is(value), Datum::Is(list)) => match &*list {
                Value::List(all) if !self.step(all.len()) => Truth::Failed,
                Value::List(all) => {
                    let truths = all.iter().map(|element| Truth::maybe(judge(&value, element)));
                    truths.fold(Truth::False, Truth::or)
                }
                _ => Truth::Undetermined,
            },
            (value, list) => value.as_truth().and(list.as_truth()),
        }
    }

    fn over(
        &self,
        quantifier: Quantifier,
        var: VarId,
        list: NodeId,
        body: NodeId,
        env: Option<&Env<'_>>,
    ) -> Truth {
        if let Some(values) = self.values(list, env) {
            return self.over_values(quantifier, var, &values, body, env);
        }
        let list = self.value(list, env);
        let all = match &list {
            Datum::Is(list) => match &**list {
                Value::List(all) => all,
                _ => return Truth::Undetermined,
            },
            unknown => return unknown.as_truth(),
        };
        let truths = all.iter().take(if planted(114) { 1 } else { all.len() }).map(|value| {
            let truth = self.truth(body, Some(&Env { var, value, outer: env }));
            match (value, truth) {
                // It may stand for no element at all: neither truth nor falsehood of the body counts.
                (Value::Unknown, Truth::True | Truth::False) => Truth::Undetermined,
                (_, truth) => truth,
            }
        });
        match quantifier {
            Quantifier::Each => truths.fold(Truth::True, Truth::and),
            Quantifier::Some => truths.fold(Truth::False, Truth::or),
        }
    }

    /// The same over values of which some may not be there.
    fn over_values(
        &self,
        quantifier: Quantifier,
        var: VarId,
        values: &Values,
        body: NodeId,
        env: Option<&Env<'_>>,
    ) -> Truth {
        let more = if values.more { Truth::Undetermined } else { Truth::False };
        let some = values.all.iter().fold(more, |some, (value, sure)| {
            let truth = self.truth(body, Some(&Env { var, value, outer: env }));
            let truth = if quantifier == Quantifier::Each { !truth } else { truth };
            some.or(if *sure || planted(227) { truth } else { truth.and(Truth::Undetermined) })
        });
        if quantifier == Quantifier::Each { !some } else { some }
    }

    fn carries(&self, label: &str, source: Option<&str>) -> Truth {
        let Some(labels) = self.world.labels() else { return Truth::Undetermined };
        let same = folded::same;
        Truth::of(
            labels.keys().any(|(from, carried)| {
                same(carried, label) && source.is_none_or(|source| same(from, source))
            }),
        )
    }

    fn after(&self, after: &After, env: Option<&Env<'_>>) -> Truth {
        match self.keys_of(after, env) {
            Ok((of, without)) => self.world.after(after, &of, &without),
            Err(unknown) => unknown,
        }
    }

    /// By what evidence, and what spoils it, are joined with this call; or that nobody knows.
    pub(super) fn keys_of(&self, after: &After, env: Option<&Env<'_>>) -> Result<AllKeys, Truth> {
        let of = self.keys(&after.of.keys, env);
        let without: Vec<Keys> =
            after.without.iter().map(|recall: &Recall| self.keys(&recall.keys, env)).collect();
        let known = without.iter().fold(of.as_truth(), |all, keys| all.and(keys.as_truth()));
        let Keys::Are(of) = of else { return Err(known) };
        let mut others = Vec::with_capacity(without.len());
        for keys in without {
            let Keys::Are(keys) = keys else { return Err(known) };
            others.push(keys.into_vec());
        }
        Ok((of, others))
    }
}

/// The keys of what is asked for, and of each thing that spoils it.
pub(super) type AllKeys = (SmallVec<[Value; 2]>, Vec<Vec<Value>>);
