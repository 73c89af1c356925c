//! Asks the rules again where what they rest on has changed.

use super::Judgement;
use super::told::{Told, Version};
use crate::options::Options;
use crate::quiet;
use crate::rule::Hook;
use crate::sink::{Collected, Raw, Sink, Unit};
use crate::units::{Course, Units, differing};
use crate::view::{FileView, GraphView, Scene};
use alembic::graph::{Ids, Rev, RevSet};
use fact::{FileId, Name};
use imbl::{OrdSet, Vector};
use project::Environment;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// The revisions of which something may be said that was not said before, or the other way round; `None` stands for what
/// is said of no revision.
type Dirty = FxHashSet<Option<Name>>;

impl Judgement {
    /// The findings of `environment`, of which `before` was an earlier version.
    pub(crate) fn of(before: Option<&Judgement>, environment: &Environment, options: &Options) -> Judgement {
        let before =
            before.filter(|before| before.options == *options && before.dialects == environment.dialects);
        let mut now = Judgement::start(before, environment, options);
        let edited = now.judge_files(before, environment);
        let old = judged_from(environment, options);
        let mut dirty = now.judge_histories(before, environment, old.as_ref(), &edited);
        now.judge_graph(before, environment, &edited);
        now.general_changes(before, &edited, &mut dirty);
        if before.is_none_or(|before| !Arc::ptr_eq(&before.graph, &now.graph)) {
            dirty.extend(now.graph.revisions().map(|rev| Some(now.graph.id(rev))));
            dirty.extend(now.told.names());
        }
        now.tell(environment, &dirty, &edited);
        now
    }

    fn start(before: Option<&Judgement>, environment: &Environment, options: &Options) -> Judgement {
        let env = environment.env();
        match before {
            Some(before) => Judgement {
                graph: environment.graph.clone(),
                env: env.clone(),
                revisions: environment.revisions.clone(),
                ..before.clone()
            },
            None => Judgement {
                options: options.clone(),
                dialects: environment.dialects.clone(),
                graph: environment.graph.clone(),
                env: env.clone(),
                revisions: environment.revisions.clone(),
                of_files: Vector::new(),
                speaking: OrdSet::new(),
                of_graph: Arc::default(),
                units: Vec::new(),
                changing: 0,
                told: Told::default(),
            },
        }
    }

    /// Judges the files that are not what they were in `before`, and tells which those are.
    fn judge_files(&mut self, before: Option<&Judgement>, environment: &Environment) -> Vec<usize> {
        let changed = before.and_then(|before| differing(&before.revisions, &self.revisions));
        let edited = changed.unwrap_or_else(|| {
            self.of_files = self.revisions.iter().map(|_| Arc::default()).collect();
            self.speaking.clear();
            (0..self.revisions.len()).collect()
        });
        let unit = everywhere(environment);
        for index in &edited {
            let Some(revision) = self.revisions.get(*index) else { continue };
            let mut out = Collected::default();
            for rule in self.options.rules() {
                if let Hook::File(check) = rule.hook {
                    check(&FileView { revision }, &mut Sink { rule, unit: &unit, out: &mut out });
                }
            }
            match out.findings.is_empty() {
                true => self.speaking.remove(index),
                false => self.speaking.insert(*index),
            };
            if let Some(known) = self.of_files.get_mut(*index) {
                *known = Arc::new(out);
            }
        }
        edited
    }

    /// Judges the revisions on every dialect.
    fn judge_histories(
        &mut self,
        before: Option<&Judgement>,
        environment: &Environment,
        old: Option<&RevSet>,
        edited: &[usize],
    ) -> Dirty {
        let general = everywhere(environment);
        let edited: Vec<Rev> = edited.iter().filter_map(|index| environment.script.rev(*index)).collect();
        let mut dirty = Dirty::default();
        let mut recount = before.is_none();
        let mut all = Vec::new();
        for (at, (context, history)) in environment.histories.iter().enumerate() {
            let unit = Unit { dialect: context.dialect, ..general.clone() };
            let course = Course { environment, options: &self.options, context, history, old, unit: &unit };
            let before = self.units.get(at);
            let (units, positions) = Units::update(before, course, &edited);
            recount |= before.is_none_or(|before| !before.changes_alike(&units, &positions));
            let points = positions.iter().filter_map(|position| history.points.get(*position));
            dirty.extend(points.map(|point| Some(environment.graph.id(point.rev))));
            all.push(units);
        }
        self.units = all;
        if recount {
            self.changing = self.count_changing();
        }
        dirty
    }

    fn count_changing(&self) -> usize {
        let mut changing: Vec<bool> = Vec::new();
        for units in &self.units {
            changing.resize(changing.len().max(units.judged.len()), false);
            for (known, judged) in changing.iter_mut().zip(&units.judged) {
                *known |= judged.changes;
            }
        }
        changing.into_iter().filter(|changes| *changes).count()
    }

    /// Judges the graph, unless every file says of itself what it did.
    fn judge_graph(&mut self, before: Option<&Judgement>, environment: &Environment, edited: &[usize]) {
        let stands = before.is_some_and(|before| {
            let alike = |index: &usize| match (before.revisions.get(*index), self.revisions.get(*index)) {
                (Some(old), Some(new)) => fact::same(&*old.facts, &*new.facts),
                _ => false,
            };
            Arc::ptr_eq(&before.graph, &self.graph)
                && Arc::ptr_eq(&before.env, &self.env)
                && before.revisions.len() == self.revisions.len()
                && edited.iter().all(alike)
        });
        if stands {
            return;
        }
        let (unit, mut out) = (everywhere(environment), Collected::default());
        let view = GraphView { scene: Scene::new(environment) };
        for rule in self.options.rules() {
            if let Hook::Graph(check) = rule.hook {
                check(&view, &mut Sink { rule, unit: &unit, out: &mut out });
            }
        }
        self.of_graph = Arc::new(out);
    }

    /// What files and the graph give, where that is not what it was.
    fn general_changes(&self, before: Option<&Judgement>, edited: &[usize], dirty: &mut Dirty) {
        let mut add = |collected: &Arc<Collected>| {
            dirty.extend(collected.findings.iter().map(|raw| raw.finding.revision));
        };
        let same_graph = before.is_some_and(|before| Arc::ptr_eq(&before.of_graph, &self.of_graph));
        for version in before.into_iter().chain([self]) {
            if !same_graph {
                add(&version.of_graph);
            }
            match before.is_some_and(|before| before.of_files.len() == self.of_files.len()) {
                true => edited.iter().filter_map(|index| version.of_files.get(*index)).for_each(&mut add),
                false => version.of_files.iter().for_each(&mut add),
            }
        }
    }

    /// Puts together what is said of the `dirty` revisions, and of files whose text has moved.
    fn tell(&mut self, environment: &Environment, dirty: &Dirty, edited: &[usize]) {
        let mut general: FxHashMap<Option<Name>, Vec<Raw>> = FxHashMap::default();
        let of_files = self.speaking.iter().filter_map(|index| self.of_files.get(*index));
        for raw in [&self.of_graph].into_iter().chain(of_files).flat_map(|collected| &collected.findings) {
            if dirty.contains(&raw.finding.revision) {
                general.entry(raw.finding.revision).or_default().push(raw.clone());
            }
        }
        let nothing = Collected::default();
        let raws = dirty.iter().map(|name| {
            let rev = name.and_then(|name| environment.graph.find(name));
            let of_dialect = environment.histories.iter().zip(&self.units).map(|((_, history), units)| {
                let position = rev.and_then(|rev| history.position(rev));
                position
                    .and_then(|position| units.judged.get(position))
                    .map_or(&nothing, |judged| &*judged.collected)
            });
            let general = general.get(name).map(Vec::as_slice).unwrap_or_default();
            (*name, crate::groups::merged(general, of_dialect, environment))
        });
        let raws = raws.collect();
        let files = edited.iter().filter_map(|index| self.revisions.get(*index));
        let edited: Vec<FileId> = files.map(|revision| revision.parsed.file).collect();
        let options = &self.options;
        let habit = |without: usize| quiet::is_habit(without, self.changing, options);
        self.told.update(raws, &edited, &Version { environment, options, habit: &habit });
    }
}

/// For what is said without a dialect.
fn everywhere(environment: &Environment) -> Unit {
    Unit { environment: environment.name().into(), ..Unit::default() }
}

/// The revisions that are history; `None`: none is.
fn judged_from(environment: &Environment, options: &Options) -> Option<RevSet> {
    let from = options.check_from.as_ref()?;
    let revs = environment.graph.get_revisions(&Ids::many([from])).ok()?;
    Some(environment.graph.ancestors(&revs))
}
