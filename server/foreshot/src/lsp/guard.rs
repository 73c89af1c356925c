//! Panics end the job that they happen in, and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `job`; `None` if it panicked, which is logged.
pub fn guarded<T>(what: &str, job: impl FnOnce() -> T) -> Option<T> {
    // What a panicking job leaves behind is thrown away by the caller.
    match catch_unwind(AssertUnwindSafe(job)) {
        Ok(value) => Some(value),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            tracing::error!("{what} failed: {}", text.unwrap_or("for an unknown reason"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_no_answer() {
        assert_eq!(guarded("adding", || 1 + 1), Some(2));
        assert_eq!(guarded("failing", || -> u8 { panic!("on purpose") }), None);
        assert_eq!(guarded("failing", || -> u8 { panic!("{}", String::from("on purpose")) }), None);
    }
}
