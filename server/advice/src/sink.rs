//! Where rules put what they have to say, or why they must not say it.

use crate::finding::{Finding, Related, Spot, Subject};
use crate::rule::Rule;
use fact::{Name, Unknown};
use schema::Dialect;
use std::sync::Arc;

/// A finding on its way: `details` are the consequences on single dialects.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub finding: Finding,
    /// What makes it the same finding on another dialect; usually its message.
    pub key: String,
    pub details: Vec<String>,
}

/// A finding that would rest on something unknown.
#[derive(Debug, Clone)]
pub struct Withheld {
    pub rule: &'static str,
    pub revision: Option<Name>,
    pub because: Unknown,
}

/// What is the same for everything that one unit gives.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unit {
    pub environment: Arc<str>,
    pub revision: Option<Name>,
    pub dialect: Option<Dialect>,
    pub downgrade: bool,
    /// The unit stands in a course of events that may not be taken.
    pub undecided: Option<Unknown>,
}

#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub findings: Vec<Raw>,
    pub withheld: Vec<Withheld>,
}

pub(crate) struct Sink<'a> {
    pub rule: &'static Rule,
    pub unit: &'a Unit,
    pub out: &'a mut Collected,
}

/// A finding as a rule writes it.
#[derive(Debug)]
pub(crate) struct Draft {
    pub spot: Spot,
    pub subject: Subject,
    pub message: String,
    pub detail: Option<String>,
    pub help: Option<String>,
    pub related: Vec<Related>,
    pub revision: Option<Name>,
    pub key: Option<String>,
}

impl Draft {
    pub fn new(spot: impl Into<Spot>, subject: Subject, message: impl Into<String>) -> Draft {
        Draft {
            spot: spot.into(),
            subject,
            message: message.into(),
            detail: None,
            help: None,
            related: Vec::new(),
            revision: None,
            key: None,
        }
    }

    /// What it says without the words of one dialect: findings with the same key are one.
    pub fn key(mut self, key: impl Into<String>) -> Draft {
        self.key = Some(key.into());
        self
    }

    /// What it means on the dialect at hand; those of several dialects are told one after the other.
    pub fn detail(mut self, detail: impl Into<String>) -> Draft {
        self.detail = Some(detail.into());
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Draft {
        self.help = Some(help.into());
        self
    }

    pub fn related(mut self, spot: impl Into<Spot>, message: impl Into<String>) -> Draft {
        let related = Related { spot: spot.into(), message: message.into() };
        if related.spot != self.spot && !self.related.contains(&related) {
            self.related.push(related);
        }
        self
    }

    pub fn revision(mut self, revision: Name) -> Draft {
        self.revision = Some(revision);
        self
    }
}

impl Sink<'_> {
    pub fn report(&mut self, draft: Draft) {
        if let Some(because) = &self.unit.undecided {
            let because = because.clone();
            self.withhold(&because);
            return;
        }
        let key = draft.key.unwrap_or_else(|| draft.message.clone());
        let mut subject = draft.subject;
        subject.downgrade = self.unit.downgrade;
        let finding = Finding {
            rule: self.rule,
            severity: self.rule.severity,
            message: draft.message,
            help: draft.help,
            spot: draft.spot,
            revision: self.unit.revision.or(draft.revision),
            dialects: self.unit.dialect.into_iter().collect(),
            related: draft.related,
            subject,
            environment: self.unit.environment.clone(),
        };
        self.out.findings.push(Raw { finding, key, details: draft.detail.into_iter().collect() });
    }

    /// The rule would have to know this.
    pub fn withhold(&mut self, because: &Unknown) {
        self.out.withheld.push(Withheld {
            rule: self.rule.name,
            revision: self.unit.revision,
            because: because.clone(),
        });
    }
}
