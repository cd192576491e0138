//! What is kept where very many calls overlap.

use super::*;

fn at(seconds: i64) -> Reading {
    let at = Timestamp::from_nanos(seconds * 1_000_000_000);
    Reading { early: at, late: at }
}

/// Calls that lie in one another, each longer than those before: none of them makes another one superfluous.
fn nested(number: u64) -> Watch {
    let mut watch = Watch::default();
    for call in 0..number {
        let (begin, end) = (100 - call, 200 + call);
        let ended = Ended {
            begin,
            end,
            at: at(end.cast_signed()),
            early: at(0).early,
            sure: true,
            amount: 0,
            parts: Vec::new(),
        };
        watch.count(&Keep::Spans { within: None }, ended);
    }
    watch
}

#[test]
fn what_is_too_much_to_keep_is_still_possible() {
    for number in [1, 16, 17, 33, 80] {
        let watch = nested(number);
        let all = evidence(&[&watch], Phase::Completed, |_| true);
        assert!(all.len() <= 2 * MOST_SPANS);
        // The last one to begin is what nothing spoils that ended before.
        let latest = all.iter().max_by_key(|one| one.begin).unwrap();
        assert_eq!((latest.begin, latest.sure), (100, number <= 16), "{number} calls");
        assert!(all.iter().any(|one| one.sure));
        assert_eq!(spoils(&[&watch], Phase::Completed, 200 + number - 2), (true, false));
    }
}
