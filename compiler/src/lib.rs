//! agentpass-compiler (its page follows)
pub mod ast;
pub mod diagnostics;
pub mod fmt;
pub mod parse;
