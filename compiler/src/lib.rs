//! agentpass-compiler (its page follows)
pub mod diagnostics;
