//! `GENERATED ... AS IDENTITY`.

use schema::Identity;

/// Must the identity be altered? What the model leaves open is as the database has it.
pub(super) fn differ(found: Option<&Identity>, wanted: Option<&Identity>) -> bool {
    let (Some(found), Some(wanted)) = (found, wanted) else { return found.is_some() != wanted.is_some() };
    let number = |wanted: Option<i64>, found: Option<i64>| wanted.is_some() && wanted != found;
    let flag = |wanted: Option<bool>, found: Option<bool>| wanted.is_some() && wanted != found;
    wanted.always != found.always
        || wanted.on_null && !found.on_null
        || number(wanted.start, found.start)
        || number(wanted.increment, found.increment)
        || number(wanted.min_value, found.min_value)
        || number(wanted.max_value, found.max_value)
        || number(wanted.cache, found.cache)
        || flag(wanted.cycle, found.cycle)
        || flag(wanted.order, found.order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(found: Option<Identity>, wanted: Option<Identity>, expected: bool) {
        assert_eq!(differ(found.as_ref(), wanted.as_ref()), expected, "{found:?} {wanted:?}");
    }

    #[test]
    fn options_that_are_given_count() {
        let plain = Identity::default;
        let reported = || Identity {
            start: Some(1),
            increment: Some(1),
            min_value: Some(1),
            cycle: Some(false),
            cache: Some(1),
            ..plain()
        };
        check(None, None, false);
        check(None, Some(plain()), true);
        check(Some(plain()), None, true);
        check(Some(reported()), Some(plain()), false);
        check(Some(reported()), Some(Identity { start: Some(1), ..plain() }), false);
        check(Some(reported()), Some(Identity { start: Some(2), ..plain() }), true);
        check(Some(reported()), Some(Identity { always: true, ..plain() }), true);
        check(Some(reported()), Some(Identity { cycle: Some(true), ..plain() }), true);
    }
}
