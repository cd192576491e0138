//! What a condition can come to.

/// The truth of a condition.
///
/// Three values are Kleene's. The fourth is his third with its cause kept: a computation left its range, or a condition
/// its budget of steps. Where it decides, the call is denied, also where undetermined would only ask somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Truth {
    /// It does not hold.
    False,
    /// Nobody can tell.
    Undetermined,
    /// Nobody can tell, because computing it failed.
    Failed,
    /// It holds.
    True,
}

impl Truth {
    /// A truth that is known.
    #[must_use]
    pub fn of(known: bool) -> Truth {
        if known { Truth::True } else { Truth::False }
    }

    /// A truth that may not be known.
    #[must_use]
    pub fn maybe(known: Option<bool>) -> Truth {
        known.map_or(Truth::Undetermined, Truth::of)
    }

    /// It in a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Truth::False => "false",
            Truth::Undetermined => "undetermined",
            Truth::Failed => "failed",
            Truth::True => "true",
        }
    }

    /// False if one is false, true if both are true.
    #[must_use]
    pub fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::Failed, _) | (_, Truth::Failed) => Truth::Failed,
            (Truth::Undetermined, _) | (_, Truth::Undetermined) => Truth::Undetermined,
            (Truth::True, Truth::True) => Truth::True,
        }
    }

    /// True if one is true, false if both are false.
    #[must_use]
    pub fn or(self, other: Truth) -> Truth {
        !((!self).and(!other))
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            unknown => unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, Failed, False, True, Undetermined};

    #[test]
    fn what_is_false_stays_false_whatever_is_unknown() {
        for unknown in [Undetermined, Failed] {
            assert_eq!(False.and(unknown), False);
            assert_eq!(unknown.and(True), unknown);
            assert_eq!(True.or(unknown), True);
            assert_eq!(unknown.or(False), unknown);
            assert_eq!(!unknown, unknown);
        }
        assert_eq!(Undetermined.and(Failed), Failed);
        assert_eq!(Failed.or(Undetermined), Failed);
    }

    #[test]
    fn the_connectives_are_lawful() {
        let all = [False, Undetermined, Failed, True];
        for a in all {
            for b in all {
                assert_eq!(a.and(b), b.and(a));
                assert_eq!(!(a.and(b)), (!a).or(!b));
                for c in all {
                    assert_eq!(a.and(b).and(c), a.and(b.and(c)));
                    assert_eq!(a.or(b).or(c), a.or(b.or(c)));
                }
            }
        }
        assert_eq!(Truth::of(true), True);
    }
}
