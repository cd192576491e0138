//! agentpass-values
