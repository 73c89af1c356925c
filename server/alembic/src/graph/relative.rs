//! Relative identifiers: `+2`, `-1`, `rev-1`, `label@head-1`.

use super::{Graph, Ids, QueryError, Rev};

/// Where a walk through the graph ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    At(Rev),
    /// Below the first revision of a line.
    Base,
    /// Nowhere: the graph ended before the walk did.
    Beyond,
}

impl Step {
    pub(super) fn revision(self) -> Option<Rev> {
        match self {
            Step::At(rev) => Some(rev),
            Step::Base | Step::Beyond => None,
        }
    }
}

/// `branch@symbol+steps`, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Relative<'a> {
    pub branch: Option<&'a str>,
    pub symbol: Option<&'a str>,
    pub steps: i64,
    /// The steps as they were written.
    pub text: &'a str,
}

impl<'a> Relative<'a> {
    /// Reads `text`; like Alembic, whatever follows the number is ignored.
    pub(super) fn parse(text: &'a str) -> Option<Relative<'a>> {
        let with_branch = text.match_indices('@').filter(|(at, _)| *at > 0).find_map(|(at, _)| {
            let rest = Relative::unbranched(text.get(at + 1..)?)?;
            Some(Relative { branch: text.get(..at), ..rest })
        });
        with_branch.or_else(|| Relative::unbranched(text))
    }

    fn unbranched(text: &'a str) -> Option<Relative<'a>> {
        let sign = text.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
        let (symbol, rest) = text.split_at_checked(sign)?;
        let digits = rest.strip_prefix(['+', '-'])?;
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let text = rest.get(..end + 1)?;
        Some(Relative {
            branch: None,
            symbol: Some(symbol).filter(|symbol| !symbol.is_empty()),
            steps: text.parse().ok()?,
            text,
        })
    }

    fn too_few(&self) -> QueryError {
        QueryError::TooFew { relative: self.text.to_owned() }
    }
}

impl Graph {
    /// Goes `steps` up (positive) or down from `start` (`None`: from outside, onto a base or a head).
    ///
    /// `branch` picks among children on the way up. With `exact`, a walk that leaves the graph ends [`Step::Beyond`];
    /// without, it stays where the graph ends.
    pub(super) fn walk(
        &self,
        start: Option<Rev>,
        steps: i64,
        branch: Option<&str>,
        exact: bool,
    ) -> Result<Step, QueryError> {
        let mut here = start.map_or(Step::Beyond, Step::At);
        for _ in 0..steps.unsigned_abs() {
            let next: Vec<Step> = if steps > 0 {
                let up: &[Rev] = match here {
                    Step::At(rev) => self.children(rev),
                    Step::Base | Step::Beyond => &self.bases,
                };
                let up = match branch {
                    Some(branch) => self.filter_for_lineage(up, branch, false)?,
                    None => up.to_vec(),
                };
                up.into_iter().map(Step::At).collect()
            } else {
                let down: &[Rev] = match here {
                    Step::At(rev) => self.parents(rev),
                    Step::Base => &[],
                    Step::Beyond => &self.heads,
                };
                match (here, down) {
                    (Step::Base, _) => Vec::new(),
                    (_, []) => vec![Step::Base],
                    (_, down) => down.iter().copied().map(Step::At).collect(),
                }
            };
            match next.as_slice() {
                [] if exact => return Ok(Step::Beyond),
                [] => return Ok(here),
                [Step::At(rev)] => here = Step::At(self.current(*rev)),
                [one] => here = *one,
                _ => return Err(QueryError::AmbiguousWalk),
            }
        }
        Ok(here)
    }

    /// The revisions that `alembic upgrade` to `target` asks for when `current` is applied.
    pub(super) fn upgrade_target(
        &self,
        current: &Ids,
        target: &Ids,
        exact: bool,
    ) -> Result<Vec<Rev>, QueryError> {
        let relative = match target {
            Ids::One(text) => Relative::parse(text),
            _ => None,
        };
        let Some(relative) = relative else { return self.get_revisions(target) };
        let step = match (relative.symbol, relative.steps > 0) {
            (None, false) => return Err(relative.too_few()),
            (None, true) => {
                let start = self.upgrade_start(current, relative.branch)?;
                let step = self.walk(start, relative.steps, relative.branch, exact)?;
                if step == Step::Beyond {
                    return Err(relative.too_few());
                }
                step
            }
            (Some(symbol), true) => {
                let start = self.get_revision(&Ids::from(symbol))?;
                self.walk(start, relative.steps, relative.branch, exact)?
            }
            (Some(symbol), false) => {
                self.walk(self.on_branch(relative.branch, symbol)?, relative.steps, None, exact)?
            }
        };
        match step {
            Step::At(rev) => Ok(vec![rev]),
            Step::Base | Step::Beyond => Err(QueryError::TooFar),
        }
    }

    /// Where a walk up from `current` starts: its only revision, or the last applied one on `branch`.
    fn upgrade_start(&self, current: &Ids, branch: Option<&str>) -> Result<Option<Rev>, QueryError> {
        let Some(branch) = branch else {
            return match current.as_list() {
                [] => Ok(None),
                [one] => self.get_revision(&Ids::from(one.as_str())),
                _ => Err(QueryError::AmbiguousStart),
            };
        };
        let current = self.get_revisions(current)?;
        let mut starts = self.filter_for_lineage(&current, branch, false)?;
        if starts.is_empty() {
            let applied: Vec<Rev> = self.ancestors(&current).iter().collect();
            starts = self.tips(&self.filter_for_lineage(&applied, branch, false)?);
        }
        match starts.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            _ => Err(QueryError::AmbiguousStart),
        }
    }

    /// Those of `revs` from which no other one directly follows.
    fn tips(&self, revs: &[Rev]) -> Vec<Rev> {
        let taken: Vec<Rev> = revs.iter().flat_map(|rev| self.predecessors(*rev)).collect();
        revs.iter().copied().filter(|rev| !taken.contains(rev)).collect()
    }

    /// The branch and the revision that `alembic downgrade` to `target` means when `current` is applied; no revision is
    /// the base.
    pub(super) fn downgrade_target<'a>(
        &self,
        current: &Ids,
        target: &'a Ids,
        exact: bool,
    ) -> Result<(Option<String>, Option<Rev>), QueryError> {
        let text: &'a str = match target.as_list() {
            [] => return Ok((None, None)),
            [one] => one,
            _ => return Err(QueryError::NotOneRevision { target: target.to_string() }),
        };
        let Some(relative) = Relative::parse(text) else {
            let (branch, symbol) = match text.rsplit_once('@') {
                Some((branch, symbol)) => (Some(branch).filter(|branch| !branch.is_empty()), symbol),
                None => (None, text),
            };
            return Ok((branch.map(str::to_owned), self.get_revision(&Ids::from(symbol))?));
        };
        let mut branch = relative.branch.map(str::to_owned);
        let step = match relative.symbol {
            None if relative.steps >= 0 => return Err(relative.too_few()),
            None => {
                let start = self.downgrade_start(current, relative)?;
                // Only the line of that revision is meant when the walk comes past a branch point.
                branch.get_or_insert_with(|| self.id(start).to_string());
                self.walk(Some(start), relative.steps, None, exact)?
            }
            Some(symbol) if relative.steps >= 0 => {
                let start = self.get_revision(&Ids::from(symbol))?;
                self.walk(start, relative.steps, relative.branch, exact)?
            }
            Some(symbol) => {
                self.walk(self.on_branch(relative.branch, symbol)?, relative.steps, None, exact)?
            }
        };
        match step {
            Step::At(rev) => Ok((branch, Some(rev))),
            Step::Base => Ok((branch, None)),
            Step::Beyond if relative.symbol.is_none() => Err(relative.too_few()),
            Step::Beyond => Err(QueryError::TooFar),
        }
    }

    /// Where a walk down from `current` starts.
    fn downgrade_start(&self, current: &Ids, relative: Relative<'_>) -> Result<Rev, QueryError> {
        let applied = self.get_revisions(current)?;
        let Some(branch) = relative.branch else {
            return applied.first().copied().ok_or_else(|| relative.too_few());
        };
        let mut starts = self.filter_for_lineage(&applied, branch, false)?;
        if starts.is_empty() {
            starts = self.filter_for_lineage(&self.all_current(&applied), branch, false)?;
        }
        match starts.as_slice() {
            [one] => {
                self.on_branch(Some(branch), &self.id(*one))?;
                Ok(*one)
            }
            [] => Err(relative.too_few()),
            _ => Err(QueryError::AmbiguousWalk),
        }
    }

    fn on_branch(&self, branch: Option<&str>, symbol: &str) -> Result<Option<Rev>, QueryError> {
        match branch {
            Some(branch) => self.get_revision(&Ids::One(format!("{branch}@{symbol}"))),
            None => self.get_revision(&Ids::from(symbol)),
        }
    }
}
