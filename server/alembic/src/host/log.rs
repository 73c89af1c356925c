//! The steps of a course, shared with the courses that it parts from.

use fact::{Place, Unknown};
use schema::{Operation, Step, Written};
use std::sync::Arc;

#[derive(Clone, Default)]
pub(super) struct Log {
    steps: Vec<Arc<Step>>,
}

impl Log {
    pub fn push(&mut self, step: Step) {
        self.steps.push(Arc::new(step));
    }

    pub fn steps(&self) -> &[Arc<Step>] {
        &self.steps
    }

    pub fn into_steps(self) -> Vec<Step> {
        self.steps.into_iter().map(Arc::unwrap_or_clone).collect()
    }

    /// Two courses that started together: what each did since becomes one `Either` step.
    pub fn join(left: Log, right: Log, because: &Unknown) -> Log {
        let common = left.steps.iter().zip(&right.steps).take_while(|(a, b)| Arc::ptr_eq(a, b)).count();
        let mut steps: Vec<Arc<Step>> = left.steps[..common].to_vec();
        let rest = |log: Log| -> Vec<Step> {
            log.steps.into_iter().skip(common).map(Arc::unwrap_or_clone).collect()
        };
        let (left, right) = (rest(left), rest(right));
        if left == right {
            steps.extend(left.into_iter().map(Arc::new));
            return Log { steps };
        }
        let first = left.first().or(right.first());
        let place = because.place.or(first.map(|step| step.place));
        let place = place.unwrap_or(Place::whole_file(fact::FileId(0)));
        let call_site = first.and_then(|step| step.call_site);
        let autocommit = first.is_some_and(|step| step.autocommit);
        let operation = Operation::Either { left, right, because: because.clone() };
        steps.push(Arc::new(Step { operation, place, call_site, written: Written::Op, autocommit }));
        Log { steps }
    }
}
