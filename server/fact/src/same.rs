//! Equality down to places and reasons, for caches.

use std::cell::Cell;

thread_local! {
    static STRICT: Cell<bool> = const { Cell::new(false) };
}

/// Whether two values are equal down to the places that they were read at and the reasons for what they leave unknown,
/// both of which `==` leaves out. Whoever keeps the old one of two values has to ask this: a finding that points at the
/// source of a fact must not be sent to where the fact once was.
pub fn same<T: PartialEq + ?Sized>(a: &T, b: &T) -> bool {
    strictly(|| a == b)
}

/// Every comparison that `compare` makes is one by [`same`].
pub fn strictly<R>(compare: impl FnOnce() -> R) -> R {
    let _strict = Strict(STRICT.replace(true));
    compare()
}

/// Whether the comparison that runs is one by [`same`]: whatever a type leaves out of `==`, it counts there.
pub fn is_strict() -> bool {
    STRICT.get()
}

/// What held before comes back, in whatever way a comparison ends.
struct Strict(bool);

impl Drop for Strict {
    fn drop(&mut self) {
        STRICT.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::same;
    use crate::{Fact, FileId, NodeId, Place, Reason, Unknown};
    use std::fmt::Debug;

    /// `equal`: by meaning; `alike`: by source too.
    #[track_caller]
    fn check<T: PartialEq + Debug>(a: &T, b: &T, equal: bool, alike: bool) {
        assert_eq!((a == b, same(a, b), same(b, a), a == b), (equal, alike, alike, equal), "{a:?} {b:?}");
    }

    #[test]
    fn places_and_reasons_count() {
        let place = |item| Place::new(FileId(0), item, NodeId(0));
        check(&place(1), &place(1), true, true);
        check(&place(1), &place(2), true, false);
        check(&vec![(1, place(1))], &vec![(1, place(2))], true, false);
        let unknown = |reason, item| Fact::<u32>::Unknown(Unknown::new(reason, place(item)));
        check(&Fact::Known(1), &Fact::Known(1), true, true);
        check(&Fact::Known(1), &Fact::Known(2), false, false);
        check(&unknown(Reason::Rows, 1), &unknown(Reason::Rows, 1), true, true);
        check(&unknown(Reason::Rows, 1), &unknown(Reason::Rows, 2), true, false);
        check(&unknown(Reason::Rows, 1), &unknown(Reason::Budget, 1), true, false);
        check(&unknown(Reason::Rows, 1), &Fact::Known(1), false, false);
    }
}
