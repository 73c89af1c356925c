use super::parse;
use crate::ast::{Expr, ExprId, Stmt};
use fact::NodeId;

#[track_caller]
fn hashes(source: &str) -> Vec<u64> {
    parse(source).items.iter().map(|item| item.tree.hash).collect()
}

#[test]
fn equal_code_has_an_equal_hash() {
    let base = hashes("def f(a, b='x'):\n    if a:\n        return [b, 1]\n");
    for same in [
        "\n\n# c\ndef f(a, b='x'):\n    if a:\n        return [b, 1]\n",
        "def f(a,b=\"x\") :  # c\n\n  if a:\n\n    # d\n    return [ b,1, ]\n",
        "def f(a, b='x'):\r\n    if a:\r\n        return [b, 1]\r\n",
        "def f(a, b='' 'x'):\n  if (a): return [b, 0x1]",
    ] {
        assert_eq!(hashes(same), base, "{same}");
    }
    for other in [
        "def f(a, b='y'):\n    if a:\n        return [b, 1]\n",
        "def f(a, b='x'):\n    if a:\n        return [b, 2]\n",
        "def f(a, b='x'):\n    if a:\n        return (b, 1)\n",
        "def g(a, b='x'):\n    if a:\n        return [b, 1]\n",
        "async def f(a, b='x'):\n    if a:\n        return [b, 1]\n",
        "def f(b, a='x'):\n    if a:\n        return [b, 1]\n",
        "def f(a, b=b'x'):\n    if a:\n        return [b, 1]\n",
    ] {
        assert_ne!(hashes(other), base, "{other}");
    }
}

#[test]
fn hashes_differ_between_small_differences() {
    let sources: Vec<String> = (0..200)
        .flat_map(|n| [format!("x = {n}"), format!("x = {n}.5"), format!("x = 'v{n}'"), format!("x = v{n}")])
        .chain([
            "x = 'a', 'b'".to_owned(),
            "x = 'b', 'a'".to_owned(),
            "x = 'ab',".to_owned(),
            "x = '', 'ab'".to_owned(),
        ])
        .collect();
    let mut all: Vec<u64> = sources.iter().flat_map(|source| hashes(source)).collect();
    assert_eq!(all.len(), sources.len());
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), sources.len());
}

/// The texts under the spans of all nodes of `source`, expressions then statements.
#[track_caller]
fn check_spans(source: &str, exprs: &[&str], stmts: &[&str]) {
    let module = parse(source);
    let mut found = (Vec::new(), Vec::new());
    for (index, item) in module.items.iter().enumerate() {
        let text = |node: NodeId| {
            let span = module.span(index as u32, node).expect("a node has a span");
            source.get(span.start as usize..span.end as usize).expect("a span is in the text")
        };
        found.0.extend((0..item.tree.exprs.len()).map(|id| text(ExprId(id as u32).into())));
        found.1.extend((0..item.tree.stmts.len()).map(|id| text(crate::ast::StmtId(id as u32).into())));
    }
    assert_eq!(found.0, exprs, "{source}");
    assert_eq!(found.1, stmts, "{source}");
}

#[test]
fn spans() {
    check_spans(
        "\nx = f(a.b, (c))  # d\n",
        &["x", "f", "a", "a.b", "c", "f(a.b, (c))"],
        &["x = f(a.b, (c))"],
    );
    check_spans("a\nb[1, 2]\n", &["a", "b", "1", "2", "1, 2", "b[1, 2]"], &["a", "b[1, 2]"]);
    check_spans(
        "if a: b\nelif c: d\n",
        &["a", "b", "c", "d"],
        &["b", "d", "elif c: d", "if a: b\nelif c: d"],
    );
    check_spans("# é\n@d\ndef f(): pass", &["d", "f"], &["pass", "@d\ndef f(): pass"]);
    check_spans("a + b + 'é'", &["a", "b", "a + b", "'é'", "a + b + 'é'"], &["a + b + 'é'"]);
    check_spans("f'{a:{b}}'", &["a", "b", "f'{a:{b}}'"], &["f'{a:{b}}'"]);
    check_spans("\u{feff}a", &["a"], &["a"]);
}

#[test]
fn the_name_of_a_definition_has_a_node() {
    let module = parse("class Account(Base): pass");
    let tree = &module.items[0].tree;
    let Stmt::ClassDef(class) = tree.stmt(tree.root.unwrap()) else { panic!() };
    assert_eq!(tree.expr(class.name_node), &Expr::Name(fact::name("Account")));
    assert_eq!(tree.span(class.name_node.into()).map(|span| (span.start, span.end)), Some((6, 13)));
}
