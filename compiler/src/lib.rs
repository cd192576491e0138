//! agentpass-compiler
