//! agentpass-compiler (its page follows)
pub mod ast;
pub mod check;
pub mod diagnostics;
pub mod fmt;
pub mod load;
pub mod parse;
pub mod stdlib;
pub mod typed;
pub mod types;
