//! agentpass-runtime
