/// A set of providers, by index, as one word: a plan has at most 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Set(u64);

impl Set {
    pub(crate) const EMPTY: Self = Self(0);

    #[must_use]
    pub(crate) const fn with(self, index: usize) -> Self {
        Self(self.0 | 1 << index)
    }

    /// Every provider that there can be, but for one.
    pub(crate) const fn all_but(index: usize) -> Self {
        Self(!(1 << index))
    }

    /// Those that are in `other` too.
    #[must_use]
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Those that are not in `other`.
    #[must_use]
    pub(crate) const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(crate) const fn contains(self, index: usize) -> bool {
        self.0 >> index & 1 == 1
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// In ascending order.
    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let lowest = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (lowest < u64::BITS).then_some(lowest as usize)
        })
    }
}

impl FromIterator<usize> for Set {
    fn from_iter<I: IntoIterator<Item = usize>>(indexes: I) -> Self {
        indexes.into_iter().fold(Self::EMPTY, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        let ends = Set::EMPTY.with(63).with(0).with(7).with(7);
        assert_eq!(ends.iter().collect::<Vec<_>>(), [0, 7, 63]);
        assert_eq!(ends.len(), 3);
        assert!(ends.contains(63) && !ends.contains(62));
        assert_eq!(ends.minus(Set::EMPTY.with(7).with(8)), Set::EMPTY.with(0).with(63));
        assert_eq!(ends.and(Set::EMPTY.with(7).with(8)), Set::EMPTY.with(7));
        assert!(Set::EMPTY.is_empty() && Set::EMPTY.iter().next().is_none());
        assert_eq!((0..64).collect::<Set>().iter().count(), 64);
    }
}
