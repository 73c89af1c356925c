//! Evaluates every revision file under the given folders with a host that writes operations down, and says how the
//! evaluations ended, what could not be known and how long it took.
//!
//! `cargo run --release -p python --example eval_all -- [--list] ROOT:VERSIONS...`: VERSIONS is a folder of revisions
//! below the source root ROOT. With `--list`, revisions that did not end and unknowns are listed one a line.

use fact::{FileId, Name, Place, Reason, Unknown, name};
use python::bindings::Bindings;
use python::eval::{Budget, Interp};
use python::host::{Eval, Host, Raise};
use python::modules::{Found, SourceModule, Sources};
use python::parse::parse;
use python::value::{Args, Handle, Value};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn main() -> std::io::Result<()> {
    let mut list = false;
    let mut totals = Totals::default();
    let mut out = std::io::stdout().lock();
    for argument in std::env::args().skip(1) {
        if argument == "--list" {
            list = true;
            continue;
        }
        let Some((root, versions)) = argument.split_once(':') else { continue };
        let disk = Disk::new(root);
        let mut revisions = Vec::new();
        collect(&Path::new(root).join(versions), &mut revisions)?;
        revisions.sort();
        let mut project = Totals::default();
        for path in &revisions {
            let Some(source) = disk.load(path, name(&path.to_string_lossy()), false) else { continue };
            project.revision(&disk, &source, list, &mut out)?;
        }
        writeln!(out, "{versions}: {project}")?;
        totals.add(project);
    }
    writeln!(out, "all: {totals}")?;
    let mut reasons: Vec<_> = totals.reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (reason, count) in reasons.iter().take(80) {
        writeln!(out, "{count:6} {reason}")?;
    }
    Ok(())
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, into)?;
        } else if path.extension().is_some_and(|e| e == "py") && !path.ends_with("__init__.py") {
            into.push(path);
        }
    }
    Ok(())
}

/// Modules below one source root, parsed when they are first asked for.
struct Disk {
    root: PathBuf,
    found: RefCell<HashMap<Name, Found>>,
    parsing: RefCell<Duration>,
    /// The path of each file.
    files: RefCell<Vec<String>>,
}

impl Disk {
    fn new(root: &str) -> Disk {
        let root = PathBuf::from(root);
        Disk { root, found: RefCell::default(), parsing: RefCell::default(), files: RefCell::default() }
    }

    fn load(&self, path: &Path, dotted: Name, is_package: bool) -> Option<Arc<SourceModule>> {
        let text = std::fs::read_to_string(path).ok()?;
        let started = Instant::now();
        let module = Arc::new(parse(&text));
        let bindings = Arc::new(Bindings::of(&module));
        *self.parsing.borrow_mut() += started.elapsed();
        let path: Arc<str> = path.to_string_lossy().as_ref().into();
        let mut files = self.files.borrow_mut();
        let file = FileId(files.len() as u32);
        files.push(path.to_string());
        Some(Arc::new(SourceModule { name: dotted, file, path, is_package, module, bindings }))
    }

    fn look(&self, dotted: Name) -> Found {
        let path = self.root.join(dotted.replace('.', "/"));
        if let Some(module) = self.load(&path.join("__init__.py"), dotted, true) {
            return Found::Module(module);
        }
        if let Some(module) = self.load(&path.with_extension("py"), dotted, false) {
            return Found::Module(module);
        }
        if path.is_dir() {
            return Found::Namespace;
        }
        let mut parents = dotted.char_indices().filter(|(_, c)| *c == '.').map(|(at, _)| &dotted[..at]);
        Found::Absent { inside: parents.any(|parent| matches!(self.find(name(parent)), Found::Module(_))) }
    }
}

impl Sources for Disk {
    fn find(&self, dotted: Name) -> Found {
        if let Some(found) = self.found.borrow().get(&dotted) {
            return found.clone();
        }
        let found = self.look(dotted);
        self.found.borrow_mut().insert(dotted, found.clone());
        found
    }
}

/// Counts what it is asked.
#[derive(Default)]
struct Recorder {
    log: Vec<Event>,
    unknowns: Vec<Unknown>,
    operations: usize,
}

#[derive(Clone, PartialEq)]
enum Event {
    Did(Name, Args),
    Either(Vec<Event>, Vec<Event>),
}

impl Host for Recorder {
    type State = Vec<Event>;

    fn save(&self) -> Vec<Event> {
        self.log.clone()
    }

    fn restore(&mut self, state: Vec<Event>) {
        self.log = state;
    }

    fn join(left: Vec<Event>, right: Vec<Event>, _: &Unknown) -> Vec<Event> {
        let common = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
        let mut log = left[..common].to_vec();
        if left.len() > common || right.len() > common {
            log.push(Event::Either(left[common..].to_vec(), right[common..].to_vec()));
        }
        log
    }

    fn call(cx: &mut Interp<'_, Self>, callee: &Value, args: &Args, place: Place) -> Option<Eval> {
        let path = callee.as_path()?;
        let directive = path.strip_prefix("alembic.op.")?;
        let handle = |kind| Some(Ok(Value::Handle(Handle { kind, id: 0 })));
        match directive {
            "get_bind" | "get_context" => return handle(1),
            "f" => return Some(Ok(args.list.first().map_or(Value::None, |arg| arg.value.clone()))),
            _ => {}
        }
        for arg in &args.list {
            cx.host.unknowns.extend(arg.value.as_unknown().map(|unknown| (**unknown).clone()));
        }
        cx.host.unknowns.extend(args.open.as_ref().map(|unknown| (**unknown).clone()));
        cx.host.operations += 1;
        cx.host.log.push(Event::Did(path, args.clone()));
        match directive {
            "execute" => Some(Ok(Value::unknown(Unknown::new(Reason::Rows, place)))),
            _ => handle(2),
        }
    }

    fn call_unknown(cx: &mut Interp<'_, Self>, callee: &Unknown, _: &Args, _: Place) {
        cx.host.unknowns.push(callee.clone());
    }
}

#[derive(Default)]
struct Totals {
    revisions: usize,
    ended: usize,
    raised: usize,
    stopped: usize,
    operations: usize,
    unknowns: usize,
    evaluating: Duration,
    slowest: Duration,
    parsing: Duration,
    reasons: BTreeMap<String, usize>,
}

impl Totals {
    fn revision(
        &mut self,
        disk: &Disk,
        source: &Arc<SourceModule>,
        list: bool,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        let started = Instant::now();
        let parsed = *disk.parsing.borrow();
        let mut cx = Interp::new(Recorder::default(), disk, Budget::default());
        let mut result = cx.run_module(source).map(|()| Value::None);
        if result.is_ok()
            && let Some(upgrade) = cx.module_attribute(source, name("upgrade"))
        {
            result = cx.call_whole(&upgrade, Args::default(), Place::whole_file(source.file));
        }
        let parsing = *disk.parsing.borrow() - parsed;
        let took = started.elapsed().saturating_sub(parsing);
        self.revisions += 1;
        self.parsing += parsing;
        self.evaluating += took;
        self.slowest = self.slowest.max(took);
        let place = |place: Option<Place>| match place {
            Some(at) if at.file == source.file => match source.module.span(at.item, at.node) {
                Some(span) => format!("{}@{}", source.path, span.start),
                None => source.path.to_string(),
            },
            Some(at) => {
                let files = disk.files.borrow();
                let file = files.get(at.file.0 as usize).map_or("?", |file| file);
                format!("{} through {file} item {}", source.path, at.item as i32)
            }
            None => source.path.to_string(),
        };
        if list && took > Duration::from_millis(5) {
            writeln!(out, "slow {}: {took:?}", source.path)?;
        }
        match &result {
            Ok(_) => self.ended += 1,
            Err(Raise::Stop(unknown)) => {
                self.stopped += 1;
                *self.reasons.entry(format!("stopped: {}", unknown.reason)).or_default() += 1;
                if list {
                    writeln!(out, "stopped {}: {}", place(unknown.place), unknown.reason)?;
                }
            }
            Err(raise) => {
                self.raised += 1;
                if list {
                    writeln!(out, "raised {}: {raise:?}", source.path)?;
                }
            }
        }
        let (host, _) = cx.into_parts();
        self.operations += host.operations;
        self.unknowns += host.unknowns.len();
        for unknown in host.unknowns {
            *self.reasons.entry(unknown.reason.to_string()).or_default() += 1;
            if list {
                writeln!(out, "unknown {}: {}", place(unknown.place), unknown.reason)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, other: Totals) {
        self.revisions += other.revisions;
        self.ended += other.ended;
        self.raised += other.raised;
        self.stopped += other.stopped;
        self.operations += other.operations;
        self.unknowns += other.unknowns;
        self.evaluating += other.evaluating;
        self.parsing += other.parsing;
        self.slowest = self.slowest.max(other.slowest);
        for (reason, count) in other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
    }
}

impl std::fmt::Display for Totals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} revisions: {} ended, {} raised, {} stopped; {} operations, {} unknown; {:?} evaluating (at most {:?}), \
             {:?} parsing imports",
            self.revisions,
            self.ended,
            self.raised,
            self.stopped,
            self.operations,
            self.unknowns,
            self.evaluating,
            self.slowest,
            self.parsing
        )
    }
}
