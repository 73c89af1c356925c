//! Identifiers as people write them: partial ids, `head`, `heads`, `base`, `label@x`.

use super::relative::Step;
use super::{Graph, QueryError, Rev};
use fact::Name;
use std::fmt;

/// What the command line, or a table of version rows, says about revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ids {
    /// Nothing applied.
    Base,
    One(String),
    Many(Vec<String>),
}

impl From<&str> for Ids {
    fn from(id: &str) -> Ids {
        Ids::One(id.to_owned())
    }
}

impl Ids {
    pub fn many<T: ToString>(ids: impl IntoIterator<Item = T>) -> Ids {
        Ids::Many(ids.into_iter().map(|id| id.to_string()).collect())
    }

    pub(super) fn as_list(&self) -> &[String] {
        match self {
            Ids::Base => &[],
            Ids::One(id) => std::slice::from_ref(id),
            Ids::Many(ids) => ids,
        }
    }
}

impl fmt::Display for Ids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ids::Base => f.write_str("base"),
            Ids::One(id) => f.write_str(id),
            Ids::Many(ids) => f.write_str(&ids.join(", ")),
        }
    }
}

/// An identifier with its symbols replaced, not yet looked up.
struct Symbols<'a> {
    ids: Vec<String>,
    branch: Option<&'a str>,
}

impl Graph {
    /// The one revision that `id` means; `None` for the base.
    pub fn get_revision(&self, id: &Ids) -> Result<Option<Rev>, QueryError> {
        let (symbols, argument) = match id {
            Ids::Base => return Ok(None),
            Ids::One(id) => (self.symbols(id)?, id.clone()),
            Ids::Many(ids) => (Symbols { ids: ids.clone(), branch: None }, id.to_string()),
        };
        match symbols.ids.as_slice() {
            [] => Ok(None),
            [one] => self.look_up(one, symbols.branch).map(Some),
            several => Err(QueryError::MultipleHeads { argument, heads: names(several) }),
        }
    }

    /// The revisions that `id` means; none for the base, and for `head` of an empty history.
    pub fn get_revisions(&self, id: &Ids) -> Result<Vec<Rev>, QueryError> {
        let steps = self.get_steps(id)?;
        Ok(steps.into_iter().filter_map(Step::revision).collect())
    }

    /// As [`Graph::get_revisions`]; a relative identifier (`-2`) may lead to the base or beyond it.
    pub(super) fn get_steps(&self, id: &Ids) -> Result<Vec<Step>, QueryError> {
        let mut out = Vec::new();
        for id in id.as_list() {
            let symbols = self.symbols(id)?;
            if let [one] = symbols.ids.as_slice()
                && let Ok(steps @ ..0) = one.parse::<i64>()
            {
                for head in self.get_revisions(&Ids::from("heads"))? {
                    if symbols.branch.is_none_or(|branch| self.labels(head).contains(&fact::name(branch))) {
                        out.push(self.walk(Some(head), steps, None, true)?);
                    }
                }
                continue;
            }
            for one in &symbols.ids {
                out.push(Step::At(self.look_up(one, symbols.branch)?));
            }
        }
        Ok(out)
    }

    /// `id` with its symbols replaced by revision ids, other text left as it is. `heads` and lists stay lists.
    pub fn as_revision_number(&self, id: &Ids) -> Result<Ids, QueryError> {
        match id {
            Ids::Base => Ok(Ids::Base),
            Ids::Many(ids) => Ok(ids.first().map_or(Ids::Base, |first| Ids::One(first.clone()))),
            Ids::One(id) => {
                let mut ids = self.symbols(id)?.ids;
                Ok(match (ids.len(), id.as_str()) {
                    (0, _) => Ids::Base,
                    (_, "heads") => Ids::Many(ids),
                    _ => Ids::One(ids.swap_remove(0)),
                })
            }
        }
    }

    /// The only head, or the only one on `branch`; `None` if the history is empty.
    pub fn current_head(&self, branch: Option<&str>) -> Result<Option<Rev>, QueryError> {
        let heads = match branch {
            Some(branch) => self.filter_for_lineage(&self.heads, branch, false)?,
            None => self.heads.clone(),
        };
        match heads.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(self.current(*one))),
            _ => Err(QueryError::MultipleHeads {
                argument: branch.map_or_else(|| "head".to_owned(), |branch| format!("{branch}@head")),
                heads: self.ids(&heads),
            }),
        }
    }

    /// Those of `targets` that are ancestors or descendants of `against`, or `against` itself.
    pub fn filter_for_lineage(
        &self,
        targets: &[Rev],
        against: &str,
        dependencies: bool,
    ) -> Result<Vec<Rev>, QueryError> {
        let symbols = self.symbols(against)?;
        let mut against = Vec::new();
        for id in symbols.branch.into_iter().chain(symbols.ids.iter().map(String::as_str)) {
            against.push(self.look_up(id, None)?);
        }
        if against.is_empty() {
            return Ok(targets.to_vec());
        }
        let (above, below) = match dependencies {
            true => (self.descendants(&against), self.ancestors(&against)),
            false => (self.line_above(&against), self.line_below(&against)),
        };
        let shares = |rev: &Rev| {
            let rev = self.current(*rev);
            above.contains(rev) || below.contains(rev)
        };
        Ok(targets.iter().copied().filter(shares).collect())
    }

    /// The revision that a branch label, or a revision used as one, stands for.
    pub(super) fn resolve_branch(&self, branch: &str) -> Result<Rev, QueryError> {
        self.look_up(branch, None).map_err(|_| QueryError::NoSuchBranch { branch: branch.to_owned() })
    }

    fn symbols<'a>(&self, id: &'a str) -> Result<Symbols<'a>, QueryError> {
        let (branch, id) = match id.split_once('@') {
            Some((branch, id)) => (Some(branch), id),
            None => (None, id),
        };
        let named = branch.filter(|branch| !branch.is_empty());
        let text = |revs: &[Rev]| revs.iter().map(|rev| self.id(*rev).to_string()).collect();
        let ids = match (id, named) {
            ("heads", Some(branch)) => text(&self.filter_for_lineage(&self.heads, branch, false)?),
            ("heads", None) => text(&self.effective_heads),
            ("head", branch) => self.current_head(branch)?.map_or_else(Vec::new, |rev| text(&[rev])),
            ("base", _) => Vec::new(),
            (other, _) => vec![other.to_owned()],
        };
        Ok(Symbols { ids, branch: named })
    }

    fn look_up(&self, id: &str, branch: Option<&str>) -> Result<Rev, QueryError> {
        let branch_rev = branch.map(|branch| self.resolve_branch(branch)).transpose()?;
        let rev = match self.find(fact::name(id)) {
            Some(rev) => rev,
            None => self.find_partial(id, branch)?,
        };
        if let (Some(branch), Some(branch_rev)) = (branch, branch_rev)
            && !self.share_lineage(rev, branch_rev)
        {
            return Err(QueryError::NotAMember { revision: self.id(rev), branch: branch.to_owned() });
        }
        Ok(rev)
    }

    fn find_partial(&self, id: &str, branch: Option<&str>) -> Result<Rev, QueryError> {
        let mut matches: Vec<Name> = Vec::new();
        for key in self.keys.iter().filter(|key| key.chars().nth(3).is_some() && key.starts_with(id)) {
            let on_branch = match (branch, self.find(*key)) {
                (Some(branch), Some(rev)) => !self.filter_for_lineage(&[rev], branch, false)?.is_empty(),
                _ => true,
            };
            if on_branch {
                matches.push(*key);
            }
        }
        match matches.as_slice() {
            [] => Err(QueryError::NotFound { id: id.to_owned() }),
            [one] => self.find(*one).ok_or_else(|| QueryError::NotFound { id: id.to_owned() }),
            _ => Err(QueryError::SeveralMatches { id: id.to_owned(), matches }),
        }
    }

    fn share_lineage(&self, a: Rev, b: Rev) -> bool {
        self.line_above(&[a]).contains(b) || self.line_below(&[a]).contains(b)
    }
}

fn names(ids: &[String]) -> Vec<Name> {
    ids.iter().map(|id| fact::name(id)).collect()
}
