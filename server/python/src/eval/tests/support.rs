//! A project in one string, a host that writes down what was asked of it, and values as text.

use crate::bindings::Bindings;
use crate::eval::{Budget, Interp};
use crate::host::{Eval, Exception, Host, Raise};
use crate::modules::{Found, SourceModule, Sources};
use crate::parse::parse;
use crate::value::{Args, Handle, Method, MethodKind, Part, Symbol, Value};
use expect_test::Expect;
use fact::{FileId, Name, Place, Unknown, name};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Modules by dotted name.
#[derive(Default)]
pub struct Project {
    modules: FxHashMap<Name, Arc<SourceModule>>,
    /// Texts that are no modules, by path.
    pub files: FxHashMap<String, String>,
}

/// The module that a test looks at: the only file, or the one called `main.py`.
pub const MAIN: &str = "main";

impl Project {
    /// Files start with lines `//- path`; text without such a line is `main.py`.
    pub fn new(fixture: &str) -> Project {
        let mut project = Project::default();
        if !fixture.trim_start().starts_with("//-") {
            project.add("main.py", fixture);
            return project;
        }
        for part in fixture.split("//- ").skip(1) {
            let (path, text) = part.split_once('\n').unwrap_or((part, ""));
            project.add(path.trim(), text);
        }
        project
    }

    pub fn add(&mut self, path: &str, text: &str) {
        let Some(stem) = path.strip_suffix(".py") else {
            self.files.insert(format!("/src/{path}"), text.to_owned());
            return;
        };
        let is_package = stem.ends_with("__init__");
        let dotted = name(&stem.trim_end_matches("/__init__").replace('/', "."));
        let file = self.modules.get(&dotted).map_or(FileId(self.modules.len() as u32), |module| module.file);
        let module = Arc::new(parse(text));
        let bindings = Arc::new(Bindings::of(&module));
        let path = format!("/src/{path}").into();
        let source = SourceModule { name: dotted, file, path, is_package, module, bindings };
        self.modules.insert(dotted, Arc::new(source));
    }

    pub fn module(&self, dotted: &str) -> Arc<SourceModule> {
        self.modules[&name(dotted)].clone()
    }
}

impl Sources for Project {
    fn find(&self, dotted: Name) -> Found {
        if let Some(module) = self.modules.get(&dotted) {
            return Found::Module(module.clone());
        }
        let below = format!("{dotted}.");
        if self.modules.keys().any(|module| module.starts_with(&below)) {
            return Found::Namespace;
        }
        let mut parents = dotted.char_indices().filter(|(_, c)| *c == '.').map(|(at, _)| &dotted[..at]);
        Found::Absent { inside: parents.any(|parent| self.modules.contains_key(&name(parent))) }
    }
}

/// Writes down calls of `op`. `op.fail()` raises `lib.Error`, `op.get_bind()` gives a handle, `op.block()` is a context
/// manager.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    pub log: Vec<Event>,
    pub files: FxHashMap<String, String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Did(String),
    Either(String, Vec<Event>, Vec<Event>),
}

pub type Cx<'s> = Interp<'s, Recorder>;

impl Host for Recorder {
    type State = Vec<Event>;

    fn save(&self) -> Vec<Event> {
        self.log.clone()
    }

    fn restore(&mut self, state: Vec<Event>) {
        self.log = state;
    }

    fn join(left: Vec<Event>, right: Vec<Event>, because: &Unknown) -> Vec<Event> {
        let common = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
        let (mut log, left) = (left[..common].to_vec(), left[common..].to_vec());
        let right = right[common..].to_vec();
        if !(left.is_empty() && right.is_empty()) {
            // The order of the two means nothing; one is picked so that tests can name it.
            let (left, right) =
                if format!("{left:?}") < format!("{right:?}") { (left, right) } else { (right, left) };
            log.push(Event::Either(because.reason.key().to_owned(), left, right));
        }
        log
    }

    fn call(cx: &mut Cx<'_>, callee: &Value, args: &Args, place: Place) -> Option<Eval> {
        let path = callee.as_path()?;
        let directive = path.strip_prefix("alembic.op.").or_else(|| path.strip_prefix("op."))?;
        match directive {
            "get_bind" => return Some(Ok(Value::Handle(Handle { kind: 1, id: 0 }))),
            "block" => return None,
            "rows" => return Some(Ok(Value::list(vec![Value::Int(1), Value::list(vec![Value::Int(2)])]))),
            "fail" => {
                let args = args.list.iter().map(|arg| arg.value.clone()).collect();
                let class = Value::path("lib.Error");
                return Some(Err(Raise::Exception(Exception { class, args, place })));
            }
            _ => {}
        }
        let text = format!("{directive}({})", show_args(cx, args));
        cx.host.log.push(Event::Did(text));
        Some(Ok(Value::None))
    }

    fn call_unknown(cx: &mut Cx<'_>, callee: &Unknown, args: &Args, _: Place) {
        let text = format!("?{}({})", callee.reason.key(), show_args(cx, args));
        cx.host.log.push(Event::Did(text));
    }

    fn getattr(_: &mut Cx<'_>, of: &Value, attr: Name, _: Place) -> Option<Eval> {
        let Value::Handle(Handle { kind: 1, .. }) = of else { return None };
        match attr.as_str() {
            "name" => Some(Ok(Value::str("postgresql"))),
            "rows" => Some(Ok(Value::unknown(Unknown::nowhere(fact::Reason::Rows)))),
            _ => None,
        }
    }

    fn enter(cx: &mut Cx<'_>, of: &Value, _: Place) -> Option<Eval> {
        of.as_call().filter(|call| call.path().is_some_and(|path| path.ends_with("op.block")))?;
        cx.host.log.push(Event::Did("enter".into()));
        Some(Ok(Value::str("block")))
    }

    fn exit(cx: &mut Cx<'_>, of: &Value, _: Place) -> Eval<()> {
        if of.as_call().is_some_and(|call| call.path().is_some_and(|path| path.ends_with("op.block"))) {
            cx.host.log.push(Event::Did("exit".into()));
        }
        Ok(())
    }

    fn is_subclass(raised: Name, handler: Name) -> Option<bool> {
        match (raised.as_str(), handler.as_str()) {
            _ if raised == handler => Some(true),
            ("lib.SubError", "lib.Error") => Some(true),
            (raised, handler) if raised.starts_with("lib.") && handler.starts_with("lib.") => Some(false),
            _ => None,
        }
    }

    fn read_file(cx: &mut Cx<'_>, path: &str) -> Option<Value> {
        cx.host.files.get(path).map(|text| Value::str(text))
    }
}

/// Runs the main module, then its `upgrade()` where it has one.
pub fn run(project: &Project, budget: Budget) -> (Cx<'_>, Result<Value, Raise>) {
    let host = Recorder { log: Vec::new(), files: project.files.clone() };
    let mut cx = Interp::new(host, project, budget);
    let main = project.module(MAIN);
    let mut result = cx.run_module(&main).map(|()| Value::None);
    if result.is_ok()
        && let Some(upgrade @ Value::Function(_)) = cx.module_attribute(&main, name("upgrade"))
    {
        result = cx.call_whole(&upgrade, Args::default(), Place::whole_file(main.file));
    }
    (cx, result)
}

/// What is bound in the main module, what the host was asked, and how it ended.
pub fn report(fixture: &str) -> String {
    let project = Project::new(fixture);
    let (mut cx, result) = run(&project, Budget::default());
    let mut out = String::new();
    let main = project.module(MAIN);
    for bound in main.bindings.names() {
        if bound.starts_with('_') {
            continue;
        }
        let Some(value) = cx.module_attribute(&main, bound) else { continue };
        let is_code = matches!(value, Value::Function(_) | Value::Module(_) | Value::Builtin(_))
            || value.as_path().is_some()
            || cx.class_view(&value).is_some();
        if !is_code {
            out.push_str(&format!("{bound} = {}\n", show(&mut cx, &value)));
        }
    }
    show_log(&cx.host.log, 0, &mut out);
    match result {
        Ok(Value::None) => {}
        Ok(value) => out.push_str(&format!("returns {}\n", show(&mut cx, &value))),
        Err(raise) => out.push_str(&format!("{}\n", show_raise(&mut cx, &raise))),
    }
    assert_eq!(cx.pending_exits(), 0, "courses that nobody waits for any more: {fixture}");
    out
}

#[track_caller]
pub fn check_eval(fixture: &str, expected: Expect) {
    expected.assert_eq(&report(fixture));
}

/// Each case is a fixture and the lines of its report, without line ends between them where it is one line.
#[track_caller]
#[allow(dead_code)]
pub fn check_each(cases: &[(&str, &str)]) {
    for (fixture, expected) in cases {
        assert_eq!(report(fixture).trim_end(), expected.trim(), "{fixture}");
    }
}

fn show_log(log: &[Event], depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for event in log {
        match event {
            Event::Did(what) => out.push_str(&format!("{indent}{what}\n")),
            Event::Either(because, left, right) => {
                out.push_str(&format!("{indent}either {because}\n"));
                show_log(left, depth + 1, out);
                out.push_str(&format!("{indent}or\n"));
                show_log(right, depth + 1, out);
            }
        }
    }
}

pub fn show_raise(cx: &mut Cx<'_>, raise: &Raise) -> String {
    match raise {
        Raise::Exception(exception) => {
            let class = show(cx, &exception.class);
            let args: Vec<String> = exception.args.iter().map(|arg| show(cx, arg)).collect();
            format!("raises {class}({})", args.join(", "))
        }
        Raise::Stop(unknown) => format!("stops {}", show_unknown(unknown)),
        Raise::Leave(flow) => format!("leaves {flow:?}"),
    }
}

fn show_unknown(unknown: &Unknown) -> String {
    use fact::Reason::*;
    let key = unknown.reason.key();
    match &unknown.reason {
        OutsideProject(text)
        | ModuleNotFound(text)
        | NameNotFound(text)
        | Environment(text)
        | UnsupportedSyntax(text)
        | UnreadableArgument(text)
        | Raised(text) => format!("?{key}:{text}"),
        _ => format!("?{key}"),
    }
}

pub fn show_args(cx: &mut Cx<'_>, args: &Args) -> String {
    let mut all = Vec::new();
    for arg in &args.list {
        let value = show(cx, &arg.value);
        all.push(arg.name.map_or(value.clone(), |name| format!("{name}={value}")));
    }
    all.extend(args.open.as_ref().map(|unknown| format!("*{}", show_unknown(unknown))));
    all.join(", ")
}

pub fn show(cx: &mut Cx<'_>, value: &Value) -> String {
    let all = |cx: &mut Cx<'_>, items: &[Value]| {
        items.iter().map(|item| show(cx, item)).collect::<Vec<_>>().join(", ")
    };
    match value {
        Value::None => "None".into(),
        Value::Ellipsis => "...".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(int) => int.to_string(),
        Value::Float(float) => format!("{float:?}"),
        Value::Str(text) => format!("{text:?}"),
        Value::Bytes(bytes) => format!("b{:?}", String::from_utf8_lossy(bytes)),
        Value::Partial(parts) => {
            let parts = parts.iter().map(|part| match part {
                Part::Text(text) => text.to_string(),
                Part::Unknown(unknown) => format!("{{{}}}", show_unknown(unknown)),
            });
            format!("\"{}\"", parts.collect::<String>())
        }
        Value::Tuple(items) => format!("({})", all(cx, items)),
        Value::List(items) => format!("[{}]", all(cx, items)),
        Value::Set(items) => format!("{{{}}}", all(cx, items)),
        Value::Dict(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{}: {}", show(cx, key), show(cx, value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Object(_) => show_object(cx, value),
        Value::Function(function) => format!("<function {}>", function.name),
        Value::Method(method) => show_method(cx, method),
        Value::Module(module) => format!("<module {module}>"),
        Value::Builtin(name) => name.to_string(),
        Value::Symbol(symbol) => show_symbol(cx, symbol),
        Value::Handle(handle) => format!("<handle {}:{}>", handle.kind, handle.id),
        Value::Unknown(unknown) => show_unknown(unknown),
    }
}

fn show_object(cx: &mut Cx<'_>, value: &Value) -> String {
    if let Some(class) = cx.class_view(value) {
        return class.name.to_string();
    }
    if let Some(view) = cx.instance_view(value) {
        let class = show(cx, &view.class);
        let attrs: Vec<String> = view
            .attributes
            .iter()
            .filter(|(name, _)| !name.starts_with('_'))
            .map(|(name, value)| format!(" {name}={}", show(cx, value)))
            .collect();
        return format!("<{class}{}>", attrs.concat());
    }
    match cx.freeze(value) {
        Value::Object(_) => "<object>".into(),
        frozen => show(cx, &frozen),
    }
}

fn show_method(cx: &mut Cx<'_>, method: &Arc<Method>) -> String {
    let receiver = show(cx, &method.receiver);
    match &method.kind {
        MethodKind::Function(function) => format!("<method {receiver}.{}>", function.name),
        MethodKind::Native(name) => format!("<method {receiver}.{name}>"),
        MethodKind::Partial(args) => format!("partial({receiver}, {})", show_args(cx, args)),
        MethodKind::Context(args) => format!("<context {receiver}({})>", show_args(cx, args)),
        MethodKind::Super(_) => format!("<super {receiver}>"),
    }
}

fn show_symbol(cx: &mut Cx<'_>, symbol: &Symbol) -> String {
    match symbol {
        Symbol::Path(path) => path.to_string(),
        Symbol::Attribute { of, name, .. } => format!("{}.{name}", show(cx, of)),
        Symbol::Call(call) => format!("{}({})", show(cx, &call.callee), show_args(cx, &call.args)),
        Symbol::Item { of, index } => format!("{}[{}]", show(cx, of), show(cx, index)),
        Symbol::Unary { op, operand } => format!("({op:?} {})", show(cx, operand)),
        Symbol::Binary { op, left, right } => format!("({} {op:?} {})", show(cx, left), show(cx, right)),
        Symbol::Compare { op, left, right } => format!("({} {op:?} {})", show(cx, left), show(cx, right)),
    }
}
