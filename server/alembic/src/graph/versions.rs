//! What runs between two states of a database, and the rows of its version table afterwards.

use super::{Graph, Ids, QueryError, Range, Rev};

/// What an upgrade or a downgrade does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// In the order in which they run.
    pub steps: Vec<Rev>,
    /// The rows of the version table afterwards, sorted.
    pub rows: Vec<Rev>,
}

impl Graph {
    /// `alembic upgrade TO` on a database with the version rows `current`.
    pub fn upgrade(&self, to: &Ids, current: &Ids) -> Result<Plan, QueryError> {
        let range = Range { implicit_base: true, assert_relative_length: true, ..Range::default() };
        let mut steps = self.iterate(to, current, range)?;
        steps.reverse();
        let mut rows = Rows::new(self.get_revisions(current)?);
        for step in &steps {
            self.apply(*step, &mut rows);
        }
        Ok(Plan { steps, rows: rows.sorted() })
    }

    /// `alembic downgrade TO` on a database with the version rows `current`.
    pub fn downgrade(&self, to: &Ids, current: &Ids) -> Result<Plan, QueryError> {
        let range = Range { select_for_downgrade: true, assert_relative_length: true, ..Range::default() };
        let steps = self.iterate(current, to, range)?;
        let mut rows = Rows::new(self.get_revisions(current)?);
        for step in &steps {
            self.take_back(*step, &mut rows);
        }
        Ok(Plan { steps, rows: rows.sorted() })
    }

    /// The version rows after `alembic stamp TO` on a database with the version rows `current`.
    pub fn stamp(&self, to: &Ids, current: &Ids) -> Result<Vec<Rev>, QueryError> {
        let base = Ids::from("base");
        let to = if to.as_list().is_empty() { &base } else { to };
        let current = self.get_revisions(current)?;
        let mut affected: Vec<Rev> = Vec::new();
        for id in to.as_list() {
            for rev in self.filter_for_lineage(&current, id, true)? {
                if !affected.contains(&rev) {
                    affected.push(rev);
                }
            }
        }
        let mut rows = Rows::new(current);
        let targets = self.get_revisions(to)?;
        if targets.is_empty() {
            rows.remove(&affected);
        }
        for target in targets {
            if affected.contains(&target) {
                continue;
            }
            let (above, below) = (self.descendants(&[target]), self.ancestors(&[target]));
            let is_down = affected.iter().any(|rev| above.contains(*rev));
            let is_up = affected.iter().any(|rev| below.contains(*rev));
            let present = affected.iter().all(|rev| rows.0.contains(rev));
            match (is_down, is_up, present) {
                (true, _, true) | (_, true, true) => rows.remove(&affected),
                // Another target of the same line took the rows that this one would replace.
                (true, _, false) => {
                    let on_line = |row: &Rev| above.contains(*row) || below.contains(*row);
                    let others: Vec<Rev> = rows.0.iter().copied().filter(on_line).collect();
                    return Err(QueryError::Overlap { revision: self.id(target), others: self.ids(&others) });
                }
                (false, ..) => {}
            }
            rows.insert(target);
        }
        Ok(rows.sorted())
    }

    fn apply(&self, rev: Rev, rows: &mut Rows) {
        let before: Vec<Rev> = self.predecessors(rev).collect();
        let present: Vec<Rev> = before.iter().copied().filter(|rev| rows.0.contains(rev)).collect();
        if present.len() > 1 {
            // A row that something else stands on as well has been taken away already.
            let others: Vec<Rev> = rows.0.iter().copied().filter(|row| !before.contains(row)).collect();
            let kept = self.ancestors(&others);
            rows.0.retain(|row| !before.contains(row) || kept.contains(*row));
        } else {
            rows.remove(&present);
        }
        rows.insert(rev);
    }

    fn take_back(&self, rev: Rev, rows: &mut Rows) {
        let before: Vec<Rev> = self.predecessors(rev).collect();
        rows.remove(&[rev]);
        let covered = if rows.0.is_empty() {
            // What another one of them stands on needs no row of its own.
            let below: Vec<Rev> = before.iter().flat_map(|rev| self.predecessors(*rev)).collect();
            self.ancestors(&below)
        } else {
            self.ancestors(&rows.0)
        };
        for rev in before {
            if !covered.contains(rev) {
                rows.insert(rev);
            }
        }
    }
}

/// The rows of a version table.
struct Rows(Vec<Rev>);

impl Rows {
    fn new(mut revs: Vec<Rev>) -> Rows {
        revs.sort();
        revs.dedup();
        Rows(revs)
    }

    fn insert(&mut self, rev: Rev) {
        if !self.0.contains(&rev) {
            self.0.push(rev);
        }
    }

    fn remove(&mut self, revs: &[Rev]) {
        self.0.retain(|row| !revs.contains(row));
    }

    fn sorted(mut self) -> Vec<Rev> {
        self.0.sort();
        self.0
    }
}
