//! agentpass-ir
