//! Mistakes that can be planted into the gate, to see that the tests catch them (`tests/planted.sh`).
//!
//! Each number stands for one line, which asks here whether it is to be wrong: 101 to 133 switch off the rule of the semantics with
//! that number less one hundred, 201 and on are for the reference model to find, 301 and on break laws. Without the feature
//! `planted` the answer is a constant, and nothing is left of the question.

/// True where mistake `n` is planted: the environment says `AGENTPASS_PLANTED=n`.
#[cfg(feature = "planted")]
pub(crate) fn planted(n: u32) -> bool {
    static NUMBER: std::sync::OnceLock<Option<u32>> = std::sync::OnceLock::new();
    *NUMBER.get_or_init(|| std::env::var("AGENTPASS_PLANTED").ok()?.parse().ok()) == Some(n)
}

/// Never.
#[cfg(not(feature = "planted"))]
#[allow(dead_code, reason = "asked where a mistake can be planted")]
pub(crate) const fn planted(_n: u32) -> bool {
    false
}
