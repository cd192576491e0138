//! Three truth values, and Kleene's connectives (semantics 3).

/// A truth value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs, reason = "truth values")]
pub enum Truth {
    False,
    Undetermined,
    True,
}

impl Truth {
    /// Of what can be told.
    #[must_use]
    pub fn of(holds: bool) -> Truth {
        if holds { Truth::True } else { Truth::False }
    }

    /// Of something under every way in which things could be: true in all, false in all, or undetermined.
    #[must_use]
    pub fn of_all(ways: impl IntoIterator<Item = bool>) -> Truth {
        let ways: Vec<bool> = ways.into_iter().collect();
        match (ways.contains(&true), ways.contains(&false)) {
            (true, true) => Truth::Undetermined,
            (true, false) => Truth::True,
            (false, _) => Truth::False,
        }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Truth) -> Truth {
        self.min(other)
    }

    /// One of them.
    #[must_use]
    pub fn or(self, other: Truth) -> Truth {
        self.max(other)
    }
}

impl std::ops::Not for Truth {
    type Output = Truth;

    fn not(self) -> Truth {
        match self {
            Truth::False => Truth::True,
            Truth::Undetermined => Truth::Undetermined,
            Truth::True => Truth::False,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{self, False, True, Undetermined};

    #[test]
    fn connectives_are_kleenes() {
        assert_eq!(True.and(Undetermined), Undetermined);
        assert_eq!(False.and(Undetermined), False);
        assert_eq!(True.or(Undetermined), True);
        assert_eq!(False.or(Undetermined), Undetermined);
        assert_eq!(!Undetermined, Undetermined);
        assert_eq!(Truth::of_all([true, false]), Undetermined);
        assert_eq!(Truth::of_all([true, true]), True);
        assert_eq!(Truth::of_all([false]), False);
    }
}
