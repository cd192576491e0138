//! A program's contract, once for all tests that give its parameters the same values.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use agentpass_compiler::analysis::Analysis;
use agentpass_compiler::ast::{self, ExprKind, Literal, StepKind};
use agentpass_compiler::diagnostics::{Diagnostic, Severity};
use agentpass_compiler::lower::{Construct, LowerError, Params};
use agentpass_compiler::typed::Test;
use agentpass_grammar::Sources;
use agentpass_runtime::Contract;

use crate::play::coverage::Coverage;
use crate::play::{Stage, play};

/// Why there is no contract.
#[derive(Clone, Debug)]
pub enum Refused {
    /// What is wrong with it, errors only.
    Contract(Vec<Diagnostic>),
    /// What is wrong with the values of its parameters.
    Params(String),
    /// What in it cannot be executed, with its places.
    Lowering(String),
}

/// A contract under values of its parameters, or why there is none.
type Built = Result<Arc<Contract>, Refused>;

/// Where the tests of one program are played.
pub struct Stages<'p> {
    analysis: &'p Analysis,
    built: HashMap<Vec<(String, String)>, Built>,
    is_counted: bool,
}

impl<'p> Stages<'p> {
    /// Of a program.
    #[must_use]
    pub fn new(analysis: &'p Analysis) -> Self {
        Self { analysis, built: HashMap::new(), is_counted: false }
    }

    /// Plays a test on a gate of its own: gives what went wrong at the first step at which something did.
    ///
    /// # Errors
    /// Why there is no contract under the values that the test gives to its parameters.
    pub fn play(&mut self, test: &Test, seen: &mut Coverage) -> Result<Vec<Diagnostic>, &Refused> {
        let analysis = self.analysis;
        let sources = &analysis.loaded.sources;
        let built = match self.built.entry(params(test, sources)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let built = lower(analysis, new.key()).map(Arc::new);
                new.insert(built)
            }
        };
        let contract = built.as_ref()?;
        if !self.is_counted {
            // The clauses are the same whatever the values of the parameters are.
            seen.program(contract.program());
            self.is_counted = true;
        }
        Ok(play(test, Stage { program: &analysis.checked.program, sources, contract }, seen))
    }
}

/// The values that a test gives to parameters of the deployment, as `--param` takes them.
fn params(test: &Test, sources: &Sources) -> Vec<(String, String)> {
    let mut params: Vec<(String, String)> = Vec::new();
    for step in &test.steps {
        let StepKind::Param(name, value) = &step.kind else { continue };
        let text = match value {
            ast::Value::Expr(ast::Expr { kind: ExprKind::Literal(Literal::Text(text)), .. }) => text.clone(),
            value => sources.text(value.span()).to_owned(),
        };
        params.retain(|(known, _)| *known != name.node);
        params.push((name.node.clone(), text));
    }
    params
}

/// The contract of a checked program, under values of its parameters.
///
/// # Errors
/// What keeps it from judging calls.
pub fn lower(analysis: &Analysis, params: &[(String, String)]) -> Result<Contract, Refused> {
    if !analysis.is_clean() {
        let errors = analysis.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        return Err(Refused::Contract(errors.cloned().collect()));
    }
    let given: Params = params.iter().cloned().collect();
    let sources = &analysis.loaded.sources;
    let program = agentpass_compiler::lower::lower(&analysis.checked.program, sources, &given)
        .map_err(|errors| refused(sources, &errors))?;
    agentpass_ir::verify(program)
        .map_err(|fault| Refused::Params(format!("the contract cannot be run: {fault}")))
}

/// What cannot be lowered: values that do not fit are the command's fault, anything else the contract's.
fn refused(sources: &Sources, errors: &[LowerError]) -> Refused {
    let of_params = |error: &&LowerError| {
        let own = [Construct::ParamNotSet, Construct::ParamDoesNotFit, Construct::NoSuchParam];
        own.contains(&error.construct)
    };
    let params: Vec<String> = errors.iter().filter(of_params).map(ToString::to_string).collect();
    if params.is_empty() {
        let place = |error: &LowerError| match sources.get(error.span.file) {
            Some(file) => format!("{}:{}: {error}", file.name, file.position(error.span.start).line),
            None => error.to_string(),
        };
        Refused::Lowering(errors.iter().map(place).collect::<Vec<_>>().join("\n"))
    } else {
        Refused::Params(params.join("\n"))
    }
}
