//! The grammar of record as a parser. Only the AST builder of the compiler looks at its pairs.

#![allow(missing_docs)]

/// The generated parser; its rules are [`Rule`].
#[derive(pest_derive::Parser)]
#[grammar = "../agentpass.pest"]
pub struct AgentPassParser;
