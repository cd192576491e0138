//! What the benchmarks share: generated programs and a stopwatch that reports medians.
//!
//! Timings live here and never in tests. Every figure is printed beside a baseline of the same run, because the
//! machines they run on are small and noisy.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// A contract of `count` tools, about 150 bytes each, with what real contracts have: history, limits, messages.
#[must_use]
pub fn contract_of_tools(count: usize) -> String {
    let mut text = String::from("edition 2026\n\ncontract generated { version \"1\"; agents \"a\" }\n\n");
    text.push_str("set allowed: string = [\"open\", \"closed\"]\n\n");
    for index in 0..count {
        let action = ["read", "write", "send"][index % 3];
        let _ = write!(
            text,
            "tool service{}.call_{index}(id: id, state: string, note?: text) {{\n    action {action}\n    require state in \
             allowed because \"no {{state}}\" as s\n",
            index / 100
        );
        if index % 10 == 9 {
            let before = index - 1;
            let _ = write!(
                text,
                "    require after service{}.call_{before}(id: id) within 30m because \"look first\"\n    limit per id in any \
                 24h {{ calls at most 20 }}\n",
                before / 100
            );
        }
        text.push_str("}\n");
    }
    text.push_str("\nlimit per job { calls at most 100 }\n");
    text
}

/// Runs something `times` times and gives the median.
pub fn median<T>(times: usize, mut run: impl FnMut() -> T) -> Duration {
    let mut all: Vec<Duration> = (0..times.max(1))
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(run());
            start.elapsed()
        })
        .collect();
    all.sort();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// The greatest amount of memory that this process has held, in MiB; nothing where the system does not tell.
#[must_use]
pub fn peak_memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}
