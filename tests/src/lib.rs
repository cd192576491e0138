//! agentpass-tests
