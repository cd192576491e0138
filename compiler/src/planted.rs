//! Mistakes that can be planted into the checker and the lowering, to see that the tests catch them (`tests/planted.sh`).
//!
//! Each number stands for one line, which asks here whether it is to be wrong: those up to 99 for a line of `check`, those from 101
//! on for a rule of the semantics, and those from 301 on for a law, as in the runtime. Without the feature `planted` the answer is a constant, and nothing is left of
//! the question.

/// True where mistake `n` is planted: the environment says `AGENTPASS_PLANTED=n`.
#[cfg(feature = "planted")]
pub(crate) fn planted(n: u32) -> bool {
    static NUMBER: std::sync::OnceLock<Option<u32>> = std::sync::OnceLock::new();
    *NUMBER.get_or_init(|| std::env::var("AGENTPASS_PLANTED").ok()?.parse().ok()) == Some(n)
}

/// Never.
#[cfg(not(feature = "planted"))]
pub(crate) const fn planted(_n: u32) -> bool {
    false
}
