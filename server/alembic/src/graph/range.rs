//! Ranges of revisions: what lies between two points, what an upgrade runs, what a downgrade takes back.

use super::relative::Step;
use super::{Graph, Ids, QueryError, Rev, RevSet};

/// How a range is to be read. The default is a range for reading: from `upper` down to `lower`, without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Range {
    /// `lower` itself too.
    pub inclusive: bool,
    /// Branches that `lower` does not reach go down to their base.
    pub implicit_base: bool,
    /// What a downgrade to `lower` takes back.
    pub select_for_downgrade: bool,
    /// A relative walk that is too short is an error; else it ends where the graph does.
    pub assert_relative_length: bool,
}

impl Graph {
    /// The revisions from `upper` down to `lower`, newest first.
    pub fn iterate(&self, upper: &Ids, lower: &Ids, range: Range) -> Result<Vec<Rev>, QueryError> {
        let (revs, heads) = match range.select_for_downgrade {
            true => self.collect_downgrade(upper, lower, range)?,
            false => self.collect_upgrade(upper, lower, range)?,
        };
        Ok(self.sort(revs, &heads))
    }

    /// The revisions from `head` down to `base` and `base` itself, newest first: what `alembic history` lists.
    pub fn walk_revisions(&self, base: &Ids, head: &Ids) -> Result<Vec<Rev>, QueryError> {
        self.iterate(head, base, Range { inclusive: true, ..Range::default() })
    }

    /// `revs` and all their ancestors, less those with a child among them: what a database with these version rows is at.
    pub fn all_current(&self, revs: &[Rev]) -> Vec<Rev> {
        let applied = self.ancestors(revs);
        let tip = |rev: &Rev| !self.children(*rev).iter().any(|child| applied.contains(*child));
        applied.iter().filter(tip).collect()
    }

    fn collect_upgrade(
        &self,
        upper: &Ids,
        lower: &Ids,
        range: Range,
    ) -> Result<(RevSet, Vec<Rev>), QueryError> {
        let mut targets = self.upgrade_target(lower, upper, range.assert_relative_length)?;
        if let Ids::One(text) = lower
            && let Some((branch, _)) = text.split_once('@')
        {
            let branch = self.branch_name(branch)?;
            targets.retain(|rev| self.labels(*rev).contains(&branch));
        }
        self.check_overlap(&targets, |rev| self.predecessors(rev).collect())?;
        let required = self.ancestors(&targets);
        let not_ancestor = || QueryError::NotAncestor { lower: lower.to_string(), upper: upper.to_string() };

        let steps = self.get_steps(lower)?;
        let outside = |step: &Step| match step {
            Step::At(rev) => !required.contains(*rev),
            Step::Base => true,
            Step::Beyond => false,
        };
        if !range.implicit_base && steps.iter().any(outside) {
            return Err(not_ancestor());
        }
        let mut current: Vec<Rev> = steps.iter().copied().filter_map(Step::revision).collect();
        let mut lowest = current.clone();
        if steps.first() == Some(&Step::Beyond) {
            // `lower` is relative to `upper`.
            let (_, rev) = self.downgrade_target(upper, lower, range.assert_relative_length)?;
            current = rev.into_iter().collect();
            lowest = current.clone();
        }
        self.check_overlap(&current, |rev| self.predecessors(rev).collect())?;
        let applied = self.ancestors(&current);
        let mut needs = required;
        needs.retain(|rev| !applied.contains(rev));
        if range.inclusive {
            needs.extend(lowest.drain(..));
        }
        if !current.is_empty() && !range.implicit_base {
            self.check_overlap(&current, |rev| self.children(rev).to_vec())?;
            let above = self.line_above(&current);
            needs.retain(|rev| above.contains(rev));
        }
        Ok((needs, targets))
    }

    fn collect_downgrade(
        &self,
        upper: &Ids,
        lower: &Ids,
        range: Range,
    ) -> Result<(RevSet, Vec<Rev>), QueryError> {
        let (branch, target) = self.downgrade_target(upper, lower, range.assert_relative_length)?;
        let mut roots: Vec<Rev> = match target {
            None => self.revisions().filter(|rev| self.parents(*rev).is_empty()).collect(),
            Some(target) if range.inclusive => vec![target],
            Some(target) => self.children(target).to_vec(),
        };
        if let Some(branch) = branch
            && roots.len() > 1
        {
            let below = self.line_below(&[self.resolve_branch(&branch)?]);
            roots.retain(|root| below.contains(*root));
            if roots.is_empty() {
                return Err(QueryError::BadTarget);
            }
        }
        let heads = self.get_revisions(upper)?;
        let active = self.ancestors(&heads);
        let mut dropped = self.descendants(&roots);
        dropped.retain(|rev| active.contains(rev));
        if range.implicit_base {
            let below = self.ancestors(&roots);
            dropped.extend(active.iter().filter(|rev| !below.contains(*rev)));
        }
        match target {
            Some(target) if dropped.is_empty() && !heads.contains(&target) => {
                Err(QueryError::NothingToDrop { target: lower.to_string() })
            }
            _ => Ok((dropped, heads)),
        }
    }

    /// The label that `branch` is or, for a revision used as one, has.
    fn branch_name(&self, branch: &str) -> Result<fact::Name, QueryError> {
        let Some(rev) = self.get_revision(&Ids::from(branch))? else { return Ok(fact::name(branch)) };
        match self.labels(rev) {
            _ if self.id(rev).as_str() != branch => Ok(fact::name(branch)),
            [only] => Ok(*only),
            _ => Err(QueryError::NoSuchBranch { branch: branch.to_owned() }),
        }
    }

    /// One of `targets` that is reached from another makes the request contradictory.
    fn check_overlap(&self, targets: &[Rev], next: impl Fn(Rev) -> Vec<Rev>) -> Result<(), QueryError> {
        if targets.len() < 2 {
            return Ok(());
        }
        let mut seen = RevSet::new(self.len());
        for target in targets {
            let mut others: Vec<Rev> = Vec::new();
            let mut todo = vec![*target];
            while let Some(rev) = todo.pop() {
                if rev != *target && targets.contains(&rev) && !others.contains(&rev) {
                    others.push(rev);
                }
                if seen.insert(rev) {
                    todo.extend(next(rev));
                }
            }
            if !others.is_empty() {
                return Err(QueryError::Overlap { revision: self.id(*target), others: self.ids(&others) });
            }
        }
        Ok(())
    }
}
