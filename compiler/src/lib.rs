//! agentpass-compiler (its page follows)
pub mod analysis;
pub mod ast;
pub mod check;
pub mod diagnostics;
pub mod explain;
pub mod fmt;
pub mod lint;
pub mod load;
pub mod parse;
pub mod stdlib;
pub mod typed;
pub mod types;
