//! The targets of `fuzz/` without libFuzzer: every seed, every input that was once too much, inputs that are large or
//! deep in one way, and some thousand mutations, the same ones each time.
//!
//! `FORESHOT_FUZZ_ROUNDS` asks for more mutations of each seed.

// Processor time is asked for in the way of Unix.
#![cfg(unix)]
// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use targets::{Limits, TARGETS, within};

/// The build of the tests is not optimised.
const LIMITS: Limits = Limits::new(30, Some(500 << 20));

/// Mutations of each seed.
const ROUNDS: usize = 8;

/// Processor time and memory are those of the whole process: one target after the other.
static ALONE: Mutex<()> = Mutex::new(());

/// Panics of all threads: the server goes on after one.
static PANICS: AtomicUsize = AtomicUsize::new(0);

fn folder(kind: &str, target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kind).join(target)
}

/// The files of a folder by name; none if there is no such folder.
fn inputs(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect()
}

/// Runs one input, and says which one it was when it is too much.
fn run(target: &str, what: &str, data: &[u8]) {
    let before = PANICS.load(Ordering::SeqCst);
    let done = std::panic::catch_unwind(|| within(&LIMITS, target, data));
    if done.is_err() || PANICS.load(Ordering::SeqCst) != before {
        let path = std::env::temp_dir().join(format!("foreshot-{target}-failed"));
        fs::write(&path, data).unwrap();
        panic!("{target} fails with {what}, kept in {}", path.display());
    }
}

#[track_caller]
fn check_target(target: &str, large: &[Vec<u8>]) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        told(info);
    }));
    let seeds = inputs(&folder("seeds", target));
    assert!(!seeds.is_empty(), "{target} has no seeds");
    for (name, data) in seeds.iter().chain(&inputs(&folder("cases", target))) {
        run(target, name, data);
    }
    for data in large {
        let start = String::from_utf8_lossy(data.get(..80).unwrap_or(data)).into_owned();
        run(target, &format!("{} bytes that start with {start:?}", data.len()), data);
    }
    let rounds = std::env::var("FORESHOT_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let words = dictionary(target);
    let mut random = Random(0x5eed);
    for round in 0..rounds.unwrap_or(ROUNDS) {
        for (name, seed) in &seeds {
            let other = &seeds[random.below(seeds.len())].1;
            let data = mutated(seed, other, &words, &mut random);
            run(target, &format!("mutation {round} of {name}"), &data);
        }
    }
    let _ = std::panic::take_hook();
}

/// The words of the target's dictionary, which is libFuzzer's too.
fn dictionary(target: &str) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/dict").join(format!("{target}.dict"));
    let text = fs::read_to_string(path).unwrap_or_default();
    let words = text.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    words.map(unescaped).collect()
}

fn unescaped(word: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = word.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte = match after {
            [b'x', high, low, ..] if *first == b'\\' => {
                let digits = [*high, *low];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).ok().map(|byte| (byte, 3))
            }
            [escaped, ..] if *first == b'\\' => Some((*escaped, 1)),
            _ => None,
        };
        let (byte, taken) = byte.unwrap_or((*first, 0));
        out.push(byte);
        rest = after.get(taken..).unwrap_or_default();
    }
    out
}

/// SplitMix64: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// A few changes of `seed`: bytes, words, parts left out, doubled, or taken from `other`.
fn mutated(seed: &[u8], other: &[u8], words: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..=random.below(6) {
        let at = random.below(data.len() + 1);
        let end = (at + random.below(40)).min(data.len());
        match random.below(6) {
            0 => drop(data.splice(at..end, [])),
            1 => {
                let part = data[at..end].to_vec();
                let many = 1 + random.below(30);
                drop(data.splice(at..at, part.repeat(many)));
            }
            2 => {
                let from = random.below(other.len() + 1);
                let until = (from + random.below(200)).min(other.len());
                drop(data.splice(at..end, other[from..until].iter().copied()));
            }
            3 => drop(data.splice(at..at, [random.next() as u8])),
            _ => {
                let word = if words.is_empty() { &[][..] } else { &words[random.below(words.len())] };
                drop(data.splice(at..at, word.iter().copied()));
            }
        }
    }
    data
}

#[test]
fn every_target_is_tried() {
    let tried = ["configuration", "edits", "model", "revision", "session", "sql", "template"];
    let mut names = TARGETS.map(|(name, _)| name);
    names.sort_unstable();
    assert_eq!(names, tried);
}

/// How deep and how wide; the build of the tests is slow.
const DEEP: usize = if cfg!(debug_assertions) { 2_000 } else { 20_000 };
const WIDE: usize = DEEP / 10;
/// How many revisions that never end are tried: each of them takes all steps that it may.
const ENDLESS: usize = if cfg!(debug_assertions) { 6 } else { usize::MAX };

/// A revision whose upgrade is `body`, behind `before`.
fn revision(before: &str, body: &str) -> Vec<u8> {
    format!(
        "from alembic import op\nimport sqlalchemy as sa\nrevision = 'r2'\ndown_revision = 'r1'\n{before}\ndef upgrade():\n{body}\n"
    )
    .into_bytes()
}

#[test]
fn revisions() {
    let nested = |open: &str, close: &str| format!("    x = {}1{}", open.repeat(DEEP), close.repeat(DEEP));
    let deep = [
        revision("", &nested("(", ")")),
        revision("", &nested("[", "]")),
        revision("", &nested("f(", ")")),
        revision("", &nested("{1: ", "}")),
        revision("", &nested("not ", "")),
        revision("", &nested("lambda: ", "")),
        revision("", &format!("    x = 1{}", " + 1".repeat(DEEP))),
        revision("", &format!("    x = a{}", ".b".repeat(DEEP))),
        revision("", &format!("    x = a{}", "[0]".repeat(DEEP))),
        revision("", &format!("    x = 'a'{}", " 'b'".repeat(DEEP))),
        revision("", &format!("    x = {}'a'", "f'{".repeat(500))),
        revision("", &format!("    x = f\"{}\"", "{a!r:{b}}".repeat(DEEP / 10))),
        revision(
            "",
            &(0..200).map(|depth| format!("{}if x:\n", "    ".repeat(depth + 1))).collect::<String>(),
        ),
        revision(&"@f\n".repeat(DEEP / 10), "    pass"),
        revision("x = 10 ** 10 ** 10\ny = 10 ** 10 ** 5\nz = y * y", "    op.execute(str(y) * 10)"),
        revision("", "    x = []\n    x.append(x)\n    print(x, str(x), x == x, sorted(x))"),
        revision("class A(A):\n    pass\nclass B(B, A):\n    pass", "    B()"),
        revision("", "    op.execute('DO $$ BEGIN ' + 'IF a THEN ' * 10000)"),
        revision("from itertools import product", "    list(product(range(1000), repeat=9))"),
        b"\xff\xfe".to_vec(),
        vec![b'\n'; 200_000],
        vec![0; 20_000],
    ];
    let endless = [
        revision("x = 7\n", "    x = 7\n    while True:\n        x = x * x"),
        revision("x = 'a' * 10 ** 9\ny = [0] * 10 ** 9\nz = b'a' * 10 ** 9", "    op.execute(x)"),
        revision(
            "x = 1 << 10 ** 10",
            "    op.execute(f'{1:>{10 ** 9}}' + '%999999999d' % 1 + 'a'.zfill(10 ** 9))",
        ),
        revision("", "    x = 'a'\n    while True:\n        x = x + x\n        op.execute(x)"),
        revision("", "    x = [1]\n    while True:\n        x.extend(x)"),
        revision("", "    x = [1]\n    while True:\n        x = [x, x]\n        op.execute(str(x))"),
        revision("", "    x = {}\n    for i in range(10 ** 9):\n        x[i] = [i] * 1000"),
        revision("", "    x = []\n    for i in range(10 ** 9):\n        x.append('a' * 4000000)"),
        revision("def f(n):\n    return f(n + 1) + f(n + 2)", "    f(1)"),
        revision("def f(n):\n    yield n\n    yield from f(n + 1)", "    op.execute(str(list(f(1))))"),
        revision(
            "class A:\n    def __getattr__(self, name):\n        return getattr(self, name + 'a')",
            "    A().x",
        ),
        revision("", &"    if unknown():\n        op.drop_table('users')\n".repeat(300)),
        revision("", &format!("{}    op.execute(str(x))", "    x = 1 if unknown() else x\n".repeat(300))),
        revision("", &"    for x in unknown():\n        op.add_column(x, sa.Column(x))\n".repeat(200)),
        revision(
            "import re",
            "    re.sub('(a+)+$', '', 'a' * 100000 + 'b'); re.match('(.*)*x', 'a' * 10000)",
        ),
        revision("", "    op.execute('ALTER TABLE users ADD x int; ' * 100000)"),
        revision(
            "",
            "    for i in range(100000):\n        op.add_column('users', sa.Column(f'c{i}', sa.Text()))",
        ),
        revision("", "    for i in range(100000):\n        op.create_index(f'i{i}', 'users', ['id'])"),
        revision(
            "",
            "    for i in range(100000):\n        op.create_table(f't{i}', sa.Column('id', sa.Integer()))",
        ),
    ];
    let large: Vec<Vec<u8>> = deep.into_iter().chain(endless.into_iter().take(ENDLESS)).collect();
    check_target("revision", &large);
}

#[test]
fn models() {
    let base = "from sqlalchemy import *\nfrom sqlalchemy.orm import *\nclass Base(DeclarativeBase): pass\nmetadata = Base.metadata\n";
    let model = |text: &str| format!("{base}{text}").into_bytes();
    let large = [
        model(&(0..WIDE).map(|i| format!("class A{i}(Base):\n    __tablename__ = 'a{i}'\n    id: Mapped[int] = mapped_column(primary_key=True)\n")).collect::<String>()),
        model(&(0..WIDE / 4).map(|i| format!("class M{i}({}):\n    c{i} = Column(Integer)\n", if i == 0 { "Base".to_owned() } else { format!("M{}", i - 1) })).collect::<String>()),
        model(&format!("class A(Base):\n    __tablename__ = 'a'\n    id: Mapped[{}int{}]\n", "Optional[".repeat(WIDE), "]".repeat(WIDE))),
        model(&format!("class A(Base):\n    __tablename__ = 'a'\n    id: Mapped['{}int{}']\n", "Optional[".repeat(WIDE), "]".repeat(WIDE))),
        model(&format!("class A(Base):\n    __tablename__ = 'a'\n{}", (0..WIDE).map(|i| format!("    c{i} = Column(Integer)\n")).collect::<String>())),
        model("class A(Base):\n    __tablename__ = __tablename__ * 10 ** 9\n    id = id\nclass B(B): pass\n"),
        model("def make(n):\n    return type(f'A{n}', (make(n + 1),), {'__tablename__': f'a{n}'})\nA = make(0)\n"),
        model("class A(Base):\n    __tablename__ = 'a'\n    id = Column(ForeignKey('a.id'), ForeignKey('a.id'), primary_key=True)\n"),
        model("t = Table('t', metadata, *[Column(f'c{i}', ForeignKey('t.c0')) for i in range(100000)])\n"),
    ];
    check_target("model", &large);
}

#[test]
fn configurations() {
    let large = [
        format!("[alembic]\nscript_location = {}\n", "%(x)s".repeat(10_000)),
        format!(
            "[DEFAULT]\n{}[alembic]\nscript_location = %(v9)s\n",
            (0..10).map(|i| format!("v{} = {}\n", i + 1, format!("%(v{i})s").repeat(20))).collect::<String>()
        ),
        format!("[alembic]\nscript_location = m\nversion_locations = {}\n", "m/versions ".repeat(20_000)),
        "[alembic]\nscript_location = %(script_location)s\n".to_owned(),
        "[a]\nscript_location = m\n".repeat(WIDE),
        (0..WIDE).map(|i| format!("[s{i}]\nscript_location = m\n")).collect::<String>(),
        format!("[alembic]\nscript_location = m\n{}", " x\n".repeat(50_000)),
        format!("x = {}1{}\n", "[".repeat(DEEP), "]".repeat(DEEP)),
        "[tool.alembic.a]\n".repeat(5000),
        format!("[tool.alembic]\nscript_location = \"{}\"\n", "../".repeat(20_000)),
        format!("[{}]\n", "a.".repeat(DEEP)),
        "\0".repeat(1000),
        "[alembic]\rscript_location = m\r".to_owned(),
    ];
    check_target("configuration", &large.map(String::into_bytes));
}

#[test]
fn templates() {
    let large = [
        "%(slug)s".repeat(10_000),
        "%(epoch).999999999d\nx".to_owned(),
        "%(rev)999999999s\nx".to_owned(),
        "%(year)0999999999d\nx".to_owned(),
        format!("%(slug)s\n{}", "é".repeat(100_000)),
        format!("{}\n", "%(".repeat(10_000)),
        format!("x\n{}", "${".repeat(10_000)),
        format!("x\n{}", "% if a:\n".repeat(10_000)),
        format!("x\n{}", "<%def name=\"a()\">".repeat(10_000)),
    ];
    check_target("template", &large.map(String::into_bytes));
}

#[test]
fn sql_texts() {
    let texts = [
        "(".repeat(DEEP),
        format!("CREATE TABLE t2 (a int DEFAULT {}1{})", "(".repeat(DEEP), ")".repeat(DEEP)),
        "IF x THEN ".repeat(DEEP / 4),
        "IF 1 = 1 BEGIN ".repeat(DEEP / 4),
        format!("DO $$ BEGIN {} END $$", "IF a THEN DROP TABLE t; END IF; ".repeat(500)),
        "EXEC('EXEC(''EXEC(''''x'''')'')')".repeat(100),
        format!("SET @a = 'x'; {} PREPARE p FROM @a; EXECUTE p", "SET @a = CONCAT(@a, @a); ".repeat(60)),
        format!("DECLARE @a nvarchar(max) = 'x'\n{}\nEXEC(@a)", "SET @a = @a + @a\n".repeat(60)),
        format!("DO $$ DECLARE a text := 'x'; BEGIN {} EXECUTE a; END $$", "a := a || a; ".repeat(60)),
        format!("DO $$ BEGIN EXECUTE format('{}', 'abcdefgh'); END $$", "%1$s".repeat(20_000)),
        format!("DO $$ BEGIN EXECUTE {}'a'{}; END $$", "IF(x, 'b', ".repeat(40), ")".repeat(40)),
        "CREATE FUNCTION f() RETURNS int AS 'SELECT f(); SELECT f()' LANGUAGE sql; SELECT f()".to_owned(),
        "CREATE PROCEDURE p() BEGIN CALL p(); CALL p(); END; CALL p()".to_owned(),
        "CREATE PROCEDURE p AS BEGIN EXEC p; EXEC p END\nGO\nEXEC p".to_owned(),
        format!("SELECT 1{}", " UNION SELECT 1".repeat(5000)),
        format!("ALTER TABLE t {}", "ADD c int,".repeat(WIDE)),
        format!("{}1", "SELECT * FROM (".repeat(WIDE)),
        (0..WIDE).map(|i| format!("CREATE TABLE x{i} (a int); ")).collect::<String>(),
        (0..WIDE).map(|i| format!("ALTER TABLE t ADD c{i} int; ")).collect::<String>(),
        "ALTER TABLE t RENAME TO v; ALTER TABLE v RENAME TO t; ".repeat(1000),
    ];
    let large: Vec<Vec<u8>> = texts
        .iter()
        .flat_map(|text| (0..6).map(move |dialect| [&[dialect][..], text.as_bytes()].concat()))
        .collect();
    check_target("sql", &large);
}

#[test]
fn sessions() {
    let open = |text: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{{"textDocument":{{"uri":"$ROOT/m/versions/2.py","languageId":"python","version":1,"text":"{text}"}}}}}}"#
        )
    };
    let change = |version: usize, text: &str| {
        format!(
            r#"{{"jsonrpc":"2.0","method":"textDocument/didChange","params":{{"textDocument":{{"uri":"$ROOT/m/versions/2.py","version":{version}}},"contentChanges":[{{"range":{{"start":{{"line":0,"character":0}},"end":{{"line":4294967295,"character":4294967295}}}},"text":"{text}"}}]}}}}"#
        )
    };
    let large = [
        open(&"x".repeat(500_000)),
        open(&"(".repeat(DEEP)),
        "[".repeat(DEEP),
        format!("{{\"jsonrpc\":{}", "{\"a\":".repeat(DEEP)),
        format!("{}\n{}", open(""), (0..200).map(|version| change(version, "x") + "\n").collect::<String>()),
        r#"{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{"textDocument":{"uri":"$ROOT/m/versions/1.py"},"position":{"line":4294967295,"character":4294967295}}}"#.to_owned() + "\n",
        "\0Content-Length: 18446744073709551615\r\n\r\n".to_owned(),
        "\0Content-Length: 200000000\r\n\r\n{}".to_owned(),
        format!("\0{}", "Content-Length: 2\r\n\r\n[]".repeat(WIDE)),
    ];
    check_target("session", &large.map(String::into_bytes));
}

#[test]
fn scripts_of_edits() {
    check_target("edits", &[vec![5; 2000], (0..=255).collect()]);
}
