//! Did you mean …? One answer or none, and the same answer every time.

/// Names longer than this are compared by case only: nobody mistypes one, and the comparison is quadratic.
const LONGEST: usize = 64;

/// The candidate that was probably meant by `name`: one that differs in case only, otherwise the nearest by insertions, deletions,
/// substitutions and swaps of neighbours, of which there may be as many as a third of the longer length (and always one, unless it
/// would change the whole name).
///
/// Of candidates that are equally near, one with the same first letter wins, then the first in the order of the alphabet; so the
/// order of `candidates`, which often come out of a hash map, does not matter. `name` itself is no suggestion.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(name);
    let mut best: Option<(Rank, &'a str)> = None;
    for candidate in candidates {
        if candidate == name || candidate.is_empty() {
            continue;
        }
        if let Some(distance) = rated(&wanted, candidate) {
            let rank = Rank { distance, other_start: name.chars().next() != candidate.chars().next() };
            if best.is_none_or(|best| (rank, candidate) < best) {
                best = Some((rank, candidate));
            }
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    distance: usize,
    other_start: bool,
}

/// The distance, where it is small enough for a suggestion; 0 where only the case differs.
fn rated(wanted: &[char], candidate: &str) -> Option<usize> {
    if candidate.len() > 4 * LONGEST && wanted.len() <= LONGEST {
        return None;
    }
    let candidate = folded(candidate);
    if wanted == candidate {
        return Some(0);
    }
    let longer = wanted.len().max(candidate.len());
    let bound = (longer / 3).max(1);
    if longer > LONGEST || wanted.len().abs_diff(candidate.len()) > bound {
        return None;
    }
    let distance = distance(wanted, &candidate);
    (distance <= bound && distance < longer).then_some(distance)
}

fn folded(name: &str) -> Vec<char> {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// The Damerau-Levenshtein distance in its restricted form (no part is edited twice), in three rows.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let substituted = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = substituted.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested() {
        let names = ["amount", "account", "Amount", "payment", "customer_id", "id", "é"];
        assert_eq!(closest("amont", names), Some("amount"));
        assert_eq!(closest("amuont", ["amount", "account"]), Some("amount"));
        assert_eq!(closest("AMOUNT", ["amounts", "amount"]), Some("amount"));
        assert_eq!(closest("custmer_di", names), Some("customer_id"));
        assert_eq!(closest("zebra", names), None);
        assert_eq!(closest("x", names), None);
        assert_eq!(closest("", names), None);
    }

    #[test]
    fn the_order_of_candidates_does_not_matter() {
        assert_eq!(closest("cat", ["car", "bat", "cab"]), closest("cat", ["cab", "bat", "car"]));
        assert_eq!(closest("cat", ["bat", "cut"]), Some("cut"));
    }

    #[test]
    fn long_names_cost_nothing() {
        let long = "a".repeat(1_000_000);
        assert_eq!(closest(&long, ["aaaa"]), None);
        assert_eq!(closest("aaaa", [long.as_str()]), None);
        assert_eq!(closest(&long.to_uppercase(), [long.as_str()]), Some(long.as_str()));
    }
}
