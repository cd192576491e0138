//! Values made up for absent parameters (semantics 5).
//!
//! An absent parameter usually means the server's own default: in `require`, `?? literal` would judge another call than the
//! one that happens. That holds for the parameter, for what is part of it, for an element of it, and for a fact that it
//! gives.

use agentpass_grammar::Span;

use super::Checker;
use super::context::Cx;
use super::declare::is_static;
use crate::diagnostics::problems::absent;
use crate::typed::{Expr, ExprKind, Fact, Facts, Read, VarId};

impl Checker<'_> {
    /// Reports `left ?? right` where `left` is a parameter and `right` is known before any call.
    pub(super) fn made_up(&mut self, cx: &Cx, span: Span, left: &Expr, right: &Expr) {
        if cx.in_require
            && !crate::planted::planted(20)
            && left.optional
            && self.is_of_parameter(left)
            && is_static(right)
        {
            let finding = absent::coalesced_parameter(span, self.shown(left.span));
            self.report(finding);
        }
    }

    /// Reports a local `let` that holds such a value, where it is read.
    pub(super) fn made_up_before(&mut self, span: Span, value: &Expr) {
        if let Some(left) = self.made_up_in(value) {
            let finding = absent::coalesced_parameter(span, self.shown(left));
            self.report(finding);
        }
    }

    /// Reports facts, read in `require`, that such a value gives.
    pub(super) fn made_up_facts(&mut self, read: &[(Fact, Span)], targets: &[usize]) {
        let mut found = Vec::new();
        for &(fact, span) in read {
            let tools = targets.iter().filter_map(|&tool| self.program.tools.get(tool));
            let given = tools.flat_map(|tool| given(&tool.facts, fact));
            let made_up = given.filter_map(|value| self.made_up_in(value)).next();
            found.extend(made_up.map(|left| absent::made_up_fact(span, fact.word(), self.shown(left), left)));
        }
        self.problems.extend(found);
    }

    /// The parameter for which the value makes something up.
    fn made_up_in(&self, value: &Expr) -> Option<Span> {
        let mut found = None;
        value.walk(&mut |expr| {
            if let ExprKind::Coalesce(left, right) = &expr.kind
                && self.is_of_parameter(left)
                && is_static(right)
            {
                found = Some(left.span);
            }
        });
        found
    }

    /// Notes that a variable stands for a parameter or an element of one, if it does.
    pub(super) fn note_parameter(&mut self, var: VarId, of: &Expr) {
        if self.is_of_parameter(of) {
            self.parameter_vars.insert(var);
        }
    }

    /// True where the value is a parameter of the tool, or part of one.
    fn is_of_parameter(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Read(Read::Arg(_)) => true,
            ExprKind::Read(Read::Fact(fact)) => self.is_given_by_parameter(*fact),
            ExprKind::Var(var) => self.parameter_vars.contains(var),
            ExprKind::Member(inner, _) | ExprKind::Bind(_, inner) => self.is_of_parameter(inner),
            ExprKind::Let(_, value) => self.is_of_parameter(value),
            ExprKind::Coalesce(left, right) | ExprKind::Arith(_, left, right) => {
                self.is_of_parameter(left) || self.is_of_parameter(right)
            }
            _ => false,
        }
    }

    fn is_given_by_parameter(&self, fact: Fact) -> bool {
        self.program
            .tools
            .iter()
            .flat_map(|tool| given(&tool.facts, fact))
            .any(|value| self.is_of_parameter(value))
    }

    /// What the message calls it: as it is written.
    fn shown(&self, left: Span) -> &str {
        self.loaded.sources.text(left).trim_start_matches("args.")
    }
}

/// The values that give a fact.
fn given(facts: &Facts, fact: Fact) -> Vec<&Expr> {
    let one = match fact {
        Fact::Amount => &facts.amount,
        Fact::Fields => &facts.fields,
        Fact::Records => &facts.records,
        Fact::Tokens => &facts.tokens,
        Fact::Cost => &facts.cost,
        Fact::Domains => return facts.sends.iter().filter_map(|sends| sends.at.as_ref()).collect(),
        Fact::Action | Fact::Resource => return Vec::new(),
    };
    one.iter().map(|(value, _)| value).collect()
}
