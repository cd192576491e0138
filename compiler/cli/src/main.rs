//! agentpassc
fn main() {}
